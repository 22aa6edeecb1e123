"""Synthetic DICOM RT objects for tests and benchmarks."""
