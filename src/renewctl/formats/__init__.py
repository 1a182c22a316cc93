"""The formats of a store, TOML and JSON: text into entries, and entries with new data into text.

``entries`` says what a codec is.
"""
