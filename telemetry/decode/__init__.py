"""Payload bytes to readings or bad frames, one file a device family."""
