"""The formats of a store, TOML and JSON; ``entries`` says what they have in common."""
