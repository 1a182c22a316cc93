"""What each command would change: a Portfolio and what was asked → a Plan of paths and values."""
