"""Answers as people and programs read them: terminal, text, JSON, CSV, Markdown.

``result`` is their one shape, which ``machine`` and ``terminal`` write; the other modules make results.
"""
