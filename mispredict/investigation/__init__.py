"""What is opened: one model and one labelled table, and everything that is asked of them."""
