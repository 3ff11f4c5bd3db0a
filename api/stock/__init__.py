"""Stock: what came in, what is left, what it went into, and what must be bought."""
