"""The formats that a text or a number may have (ODCS `logicalTypeOptions.format`), as what is asked of it.

Sources: HTML (WHATWG) for e-mail addresses, RFC 9562 for UUIDs, RFC 3986 for URIs, RFC 1123 for host names,
RFC 4291 for addresses, RFC 4648 for base64, the Rust reference for numbers. RE2 and Python's `re` read the
patterns alike.
"""

from __future__ import annotations

from decimal import Decimal

_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(\.{_BYTE}){{3}}"
_HEX = r"[0-9A-Fa-f]{1,4}"


def _ipv6() -> str:
    """Return the pattern of eight groups, a run of which may be left out; the last two may be an IPv4."""
    tail = rf"({_HEX}:{_HEX}|{_IPV4})"
    whole = [rf"({_HEX}:){{6}}{tail}"]
    # `::` stands for at least one group; before it stand up to `before` groups, behind it `behind` and two.
    for behind in range(6):
        before = 5 - behind
        head = rf"({_HEX}(:{_HEX}){{0,{before - 1}}})?" if before else ""
        whole.append(rf"{head}::({_HEX}:){{{behind}}}{tail}")
    whole.append(rf"({_HEX}(:{_HEX}){{0,5}})?::{_HEX}")
    whole.append(rf"({_HEX}(:{_HEX}){{0,6}})?::")
    return "|".join(whole)


TEXTS: dict[str, str] = {
    "byte": r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "email": rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(\.{_LABEL})*$",
    "hostname": rf"^{_LABEL}(\.{_LABEL})*$",
    "ipv4": rf"^{_IPV4}$",
    "ipv6": rf"^({_ipv6()})$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:([A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$",
    "uuid": r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
}
"""Format of a text -> the pattern that is found in it."""

OPAQUE = frozenset({"password", "binary"})
"""Formats that say how a text is to be handled, and nothing that a text could break."""

_F32 = Decimal((2**24 - 1) * 2**104)
_BF16 = Decimal((2**8 - 1) * 2**120)

NUMBERS: dict[str, tuple[Decimal | None, Decimal | None]] = {
    **{f"i{bits}": (-(Decimal(2) ** (bits - 1)), Decimal(2) ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"u{bits}": (Decimal(0), Decimal(2) ** bits - 1) for bits in (8, 16, 32, 64)},
    "i128": (Decimal(-(2**127)), Decimal(2**127 - 1)),
    "u128": (Decimal(0), Decimal(2**128 - 1)),
    "f32": (-_F32, _F32),
    "f64": (None, None),
}
"""Format of a number -> its lowest and its highest value; None where the type has no other."""

OF_ELEMENTS: dict[str, tuple[Decimal, Decimal]] = {
    "bit": (Decimal(0), Decimal(1)),
    "f16": (Decimal(-65504), Decimal(65504)),
    "bf16": (-_BF16, _BF16),
}
"""The same of formats that the elements of a vector alone have."""

WIDER: dict[str, int] = {"u64": 20, "i128": 38, "u128": 38}
"""Formats whose integers don't fit into the 64 bits, one of them the sign, that an `integer` has else -> the
digits that they have here. No table format has more than 38 for a number."""
