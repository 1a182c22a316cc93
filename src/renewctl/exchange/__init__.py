"""Import and export: spreadsheets, lists of overrides, calendars."""
