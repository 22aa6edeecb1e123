"""Management: the physician's care through a course, by weeks or once."""
