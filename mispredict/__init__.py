"""The workbench that people open when a model has made a bad prediction."""
