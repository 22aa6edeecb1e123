"""SEQ: order within a course."""
