"""Rows of the orders stage, with their load and save functions."""
