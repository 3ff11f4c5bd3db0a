"""From boxes to trips."""
