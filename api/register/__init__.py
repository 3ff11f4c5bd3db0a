"""People: registration, facts, cards, family, programmes and standing orders."""
