"""The map of errors: a canvas that takes bytes and answers with a polygon."""
