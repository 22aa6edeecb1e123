"""Proposed charges of courses → what leaves: JSON, CSV, and a text that a coder reads on one screen.

In: a `CourseCharges`. Out: one writer a format, all of the same records (`document.py`). Begin with `document.py`.
"""
