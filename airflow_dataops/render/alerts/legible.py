"""Names that people or machines gave, so that they can be shown anywhere: in a terminal, a chat, a mail."""

from __future__ import annotations

import re
from unicodedata import category

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Categories of Unicode that command whoever shows them: a terminal, the direction of a line, its end."""

MENTION = re.compile(r"<(?=[!@#])")
"""How a mention begins in Slack, as `<!channel>`: a text may be shown there that was made for elsewhere."""


def legible(text: str) -> str:
    """Return a text as one line in which nothing commands whoever shows it; a tab is a space."""
    seen = "".join(
        " " if sign == "\t" else "\N{REPLACEMENT CHARACTER}" if category(sign) in UNSEEN else sign
        for sign in text
    )
    return MENTION.sub("\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}", seen)


def cut(text: str, longest: int) -> str:
    """Return a text of so many characters at most; what is cut off ends in an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def short(text: str, longest: int) -> str:
    """Return a text as one legible line of so many characters at most."""
    return cut(legible(text[: longest + 1]), longest)
