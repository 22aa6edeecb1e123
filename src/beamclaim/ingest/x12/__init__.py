"""The X12 reader: 837P and 837I as typed tables, every row with its bytes."""

from beamclaim.ingest.x12.places import Place, place, span_of
from beamclaim.ingest.x12.reader import read_x12
from beamclaim.ingest.x12.together import WholeFile, read_together, separators_of_whole
from beamclaim.ingest.x12.tokens import Delimiters, locate

__all__ = [
    "Delimiters",
    "Place",
    "WholeFile",
    "locate",
    "place",
    "read_together",
    "read_x12",
    "separators_of_whole",
    "span_of",
]
