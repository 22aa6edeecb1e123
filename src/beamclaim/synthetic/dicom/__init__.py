"""Writers of synthetic DICOM objects for tests and benchmarks."""
