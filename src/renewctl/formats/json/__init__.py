"""A store in JSON: its text as entries, and what is wrong with it."""
