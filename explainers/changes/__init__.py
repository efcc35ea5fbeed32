"""The search for the smallest change of a row that turns its prediction around."""
