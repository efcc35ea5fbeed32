"""One file a library: how its fitted models are opened, fed and asked."""
