"""FHIR R4 in JSON, as CodeX Radiation Therapy 2.0.0 and mCODE 4.0.0 profile it."""

from beamclaim.ingest.fhir.reader import read_fhir

__all__ = ["read_fhir"]
