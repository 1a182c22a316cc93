"""Data files in TOML: their entries, edits of one entry, and syntax errors."""
