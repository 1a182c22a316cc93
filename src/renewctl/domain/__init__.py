"""The rules of renewctl and their effects, without files, output or a clock."""
