"""Rows of the telemetry stage, with their load and save functions."""
