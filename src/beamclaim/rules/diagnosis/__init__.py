"""DXN: diagnosis and coverage."""
