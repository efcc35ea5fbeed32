"""Which errors hang together: slices, clusters, their rules, the map, the verdict."""
