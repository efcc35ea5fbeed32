"""The pass over the table: batches become partial results that merge in any order."""
