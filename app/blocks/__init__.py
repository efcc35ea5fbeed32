"""Parts that several pages draw alike."""
