"""The command `mispredict`, one file a sub-command."""
