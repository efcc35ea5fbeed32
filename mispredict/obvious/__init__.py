"""The obvious set: examples that one would be highly embarrassed to get wrong, kept as a test for every next model."""
