"""The formats of a store, TOML and JSON: text into entries, and entries with new data into text.

Text in, text out: no file, lock or history is known here. ``entries`` says what a codec is.
"""
