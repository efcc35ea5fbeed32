"""Faults that are no box: half-spaces, neighbourhoods, either-or patterns, and whatever a small booster can tell."""
