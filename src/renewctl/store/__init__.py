"""The store: one TOML or JSON file, found, read with positions, and changed safely.

``place`` finds it, ``snapshot`` reads it, ``apply`` changes it, under ``lock`` and with a ``history``. The
documents of ``toml`` and ``json`` turn text into data and changes into new text. Knows nothing of what a
change means.
"""
