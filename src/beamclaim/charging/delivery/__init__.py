"""Delivery: what a session at the machine is charged as, by the method in force on its day."""
