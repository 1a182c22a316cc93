"""A store in TOML: its text as a document, the places in it, and edits that touch one block."""
