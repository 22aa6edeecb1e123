"""Every closed list of words of the model, once: readers, guards, the command line and the documents derive from here."""

#: What became of a fraction that delivered dose.
DELIVERED = ("complete", "partial", "interrupted_resumed")
