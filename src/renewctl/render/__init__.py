"""Answers as people and programs read them: terminal, text, JSON, CSV, Markdown.

``answer`` is the one shape, ``formats`` and ``screen`` write it, the rest make it from the pure
floors' values. Knows neither the store nor the command line.
"""
