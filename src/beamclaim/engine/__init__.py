"""Asks rules of views with the policy beside them: rule + view + policy answers → verdict rows."""
