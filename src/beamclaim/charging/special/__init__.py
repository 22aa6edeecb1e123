"""Special: an extra effort that circumstances of the patient asked for."""
