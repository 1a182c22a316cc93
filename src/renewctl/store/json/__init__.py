"""A store in JSON: its text as a document, the places in it, and edits that touch one entry."""
