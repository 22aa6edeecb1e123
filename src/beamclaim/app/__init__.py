"""The use cases behind the command line."""
