"""The formats of a data file, TOML and JSON; ``entries`` has what they share."""
