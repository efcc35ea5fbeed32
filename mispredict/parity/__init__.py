"""Offline against online: the same rows as the table has them and as the service logged them."""
