"""Tree ensembles of every library as one stack of arrays."""
