"""HL7 v2 messages over MLLP → files in an inbox, each acknowledged once it is on disk."""
