"""The holdchain command line."""
