"""Why this prediction? Pure functions over a fitted estimator and a DataFrame."""
