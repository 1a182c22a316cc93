"""The folder around a store: a new store, the schema, what git needs, conflict copies, the store in git."""
