"""Data files in JSON: their entries and syntax errors."""
