"""What each command would change: a Portfolio and what was asked → a Plan of paths and values. Pure.

``settings`` owns the default and the overrides, ``clients`` the roster, ``contacts`` who holds
which role, ``renewals`` the dates, ``users`` the partner's own people.
"""
