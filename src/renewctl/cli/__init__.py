"""The command line: arguments become calls, and results become output."""
