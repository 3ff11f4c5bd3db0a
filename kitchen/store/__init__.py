"""Rows of the kitchen stage, with their load and save functions."""
