"""The command line: what people type, made into calls, and what comes of it, written."""
