"""AUT: authorization."""
