"""Checks on the floor: registers, control points, samples, and what keeps a batch back."""
