"""A store in TOML: its text as entries, edits of one entry, and what is wrong with it."""
