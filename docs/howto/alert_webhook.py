"""A receiver of alerts that takes each of them once, and only from who has the key."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

KEY = "the password of the Airflow connection"
PATIENCE = 300
"""Seconds after which what was sent is refused: long enough for clocks that differ."""

taken: set[int] = set()
"""Deliveries that were taken. Keep them where they outlive this process."""


def take(headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any] | None]:
    """Return the status to answer with, and what is new; None where it is refused or was taken before."""
    sent = headers.get("X-Dataops-Timestamp", "")
    if not sent.isascii() or not sent.isdigit() or abs(time.time() - int(sent)) > PATIENCE:
        return 400, None
    signed = hmac.new(KEY.encode(), sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"sha256={signed}".encode(), headers.get("X-Dataops-Signature", "").encode()):
        return 401, None
    alert = json.loads(body)
    if alert["delivery"] in taken:
        return 200, None
    taken.add(alert["delivery"])
    return 200, alert
