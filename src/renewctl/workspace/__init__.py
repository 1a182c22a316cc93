"""The folder around a store: a new store, the schema, what git needs, conflict copies, the store in git.

Knows the store as a file with a name; what is in it is for ``store`` to read and change.
"""
