"""Speed and memory, measured against bare loops in the same run."""
