"""Limits that several commands and pages share."""

EFFECTS_UP_TO = 20_000
"""Meals up to which other readings of unclear clauses are settled too; of more it would take minutes."""
