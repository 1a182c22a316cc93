"""One module per command or group, with the same name."""
