"""Books: several rooms' papers bound into one file."""
