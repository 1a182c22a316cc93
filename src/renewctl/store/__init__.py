"""The store: one TOML or JSON file, found, read with positions, and changed safely.

``location`` finds it, ``snapshot`` reads it, ``write`` changes it, under ``lock`` and with a ``history``. A
``document`` is its text as data and entries; the codecs in ``formats`` take the text apart and put
it together.
"""
