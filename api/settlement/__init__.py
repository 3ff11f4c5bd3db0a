"""What follows the bills: statements, signatures, pay files, checks, adjustments, grants."""
