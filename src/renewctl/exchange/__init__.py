"""Data in and out: spreadsheets, bulk overrides, exports, calendars."""
