"""The data file: found, read with positions, changed safely, with a history."""
