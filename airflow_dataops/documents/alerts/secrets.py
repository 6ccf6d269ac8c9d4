"""Secrets in a file that everybody reads: they are found, never shown, and refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from airflow_dataops.documents.yaml.node import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_dataops.documents.yaml.findings import Findings
    from airflow_dataops.documents.yaml.node import Node, Place

KEYS = re.compile(
    r"(.*_)?(password|passwd|passphrase|secret|token|api_?key|routing_key|integration_key|service_key"
    r"|access_key|private_key|webhook_url|auth|authorization|credentials|bearer)",
    re.IGNORECASE,
)
"""What keys are called whose values are secrets."""

VALUES = re.compile(
    r"[a-z0-9+.-]://[^/\s@:]*:[^/\s@]+@"
    r"|hooks\.slack\.com/\w+/"
    r"|discord(app)?\.com/api/webhooks/"
    r"|(webhook|outlook)\.office(365)?\.com/webhook"
    r"|api\.telegram\.org/bot[0-9]+:"
    r"|[?&#](\w*(token|secret|password|signature|sig|key))="
    r"|\bxox[a-z]-|\bgh[a-z]_[A-Za-z0-9]{20}|\bAKIA[0-9A-Z]{16}|-----BEGIN |\bBearer\s+\S",
    re.IGNORECASE,
)
"""What secrets look like: addresses with a password or a key, and the usual forms of keys."""

HINT = "Put it into an Airflow connection, and name that by `conn_id`; this one is known now, so change it."


def check_secrets(root: Node, findings: Findings) -> frozenset[str]:
    """Note secrets that are written in a file; return where the keys of them stand.

    Args:
        root: The file.
        findings: Where problems go.
    """
    found = dict(_secrets(root, ""))
    for place, key in found.items():
        findings.error(place, f"a secret stands in the file, under `{shown(key)}`", HINT)
    return frozenset(map(str, found))


def _secrets(node: Node, above: str) -> Iterator[tuple[Place, str]]:
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            text = child.value.strip() if isinstance(child.value, str) else ""
            if text and (KEYS.fullmatch(key) or VALUES.search(text)):
                yield node.key(key), key
            else:
                yield from _secrets(child, key)
    elif isinstance(node.value, list):
        for child in node.value:
            if isinstance(child.value, str) and VALUES.search(child.value):
                yield child.place, above
            else:
                yield from _secrets(child, above)
