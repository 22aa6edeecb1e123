"""The X12 reader: 837P and 837I as typed tables, every row with its bytes."""

from beamclaim.ingest.x12.places import Place, place
from beamclaim.ingest.x12.reader import read_x12
from beamclaim.ingest.x12.together import WholeFile, read_together, separators_of_whole
from beamclaim.ingest.x12.tokens import Delimiters

__all__ = ["Delimiters", "Place", "WholeFile", "place", "read_together", "read_x12", "separators_of_whole"]
