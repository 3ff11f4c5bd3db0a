"""Public instances of routing problems as files, and what an answer to one looks like."""
