"""What happened to the food, and the proof."""
