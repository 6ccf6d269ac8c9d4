"""What pages on alerts are tried with: somebody to tell, and connections that lead there."""

from __future__ import annotations

from tests.bridge.transports.conftest import connect, receiver

__all__ = ["connect", "receiver"]
