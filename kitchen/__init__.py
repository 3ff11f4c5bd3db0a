"""From demand to packed boxes."""
