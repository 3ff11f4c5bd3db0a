"""HTTP endpoints under /api/v1."""
