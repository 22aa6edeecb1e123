"""Policy: dated, scoped, sourced answers to what rules ask."""

from beamclaim.policy.resolve import Policy

__all__ = ["Policy"]
