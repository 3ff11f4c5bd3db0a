"""Web pages: templates, static files, words."""
