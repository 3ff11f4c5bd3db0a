"""Ordering: the use cases of placing, amending and cancelling a meal, and of what goes with them."""
