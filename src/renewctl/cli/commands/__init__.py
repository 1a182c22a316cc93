"""One module for each command or group, named as it is typed."""
