"""The process that opens model files and does the work, and the client that asks it."""
