"""The folder of the data file: new files, git, conflict copies."""
