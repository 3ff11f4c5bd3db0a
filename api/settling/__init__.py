"""Settling from files, without a database."""
