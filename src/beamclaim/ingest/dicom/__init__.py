"""Reader of DICOM files."""
