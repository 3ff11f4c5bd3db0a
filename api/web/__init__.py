"""The web face's own machinery: who is asking, in which language, and how a refusal looks."""
