"""What may be worth declaring: candidates from templates, kept where two periods of the training table agree."""
