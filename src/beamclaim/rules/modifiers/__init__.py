"""MOD: modifiers."""
