"""The store: one TOML or JSON file, found, read with positions, and changed safely, with a history."""
