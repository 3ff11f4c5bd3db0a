"""Carriers in their round: what was done with each, where it is, which food may go into it."""
