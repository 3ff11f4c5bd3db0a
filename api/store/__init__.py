"""Rows of the outside: users, sessions, audit, timers, configuration."""
