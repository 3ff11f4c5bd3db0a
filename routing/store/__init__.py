"""Rows of the routing stage, with their load and save functions."""
