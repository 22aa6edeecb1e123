"""BND: bundling."""
