"""The revisions, named for the store's version that they lead to."""
