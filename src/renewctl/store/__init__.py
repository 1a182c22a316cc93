"""The store: one TOML or JSON file, found, read with positions, and changed safely.

``place`` finds it, ``snapshot`` reads it, ``apply`` changes it, under ``lock`` and with a ``history``. A
``document`` is its text as data and entries; the codecs in ``formats`` take the text apart and put
it together. Knows nothing of what a change means.
"""
