"""The fixed texts of an exported obvious set: they hold no data and import nothing of this project."""
