"""Answers as people and programs read them: terminal, text, JSON, CSV, Markdown.

``result`` is the one shape, ``machine`` and ``terminal`` write it, ``wording`` has the words that
several share. Every other module makes one command's result; its ``render_...`` functions come first.
"""
