"""Frozen problems, and how fast and how well the house solves them beside a peer."""
