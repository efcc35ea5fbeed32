"""One page a file; each answers one question in its first sentence."""
