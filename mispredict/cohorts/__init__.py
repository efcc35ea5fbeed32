"""Cohorts: named selections of rows, whichever way they were chosen, with figures that can be held against others'."""
