"""Our own references: they mark what we make at a service, so that nothing is made twice."""

import hashlib
import re
import secrets

_MARKS_WELL = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9-]+", re.ASCII)
_DRAWN = re.compile(r"AR-[0-9a-f]{20}", re.ASCII)


def drawn() -> str:
    """A new one, drawn by chance."""
    return f"AR-{secrets.token_hex(10)}"


def plain(reference: str) -> str:
    """The reference as a mark in a text: itself, or its digest where it could be read as something else there."""
    if not reference or _MARKS_WELL.fullmatch(reference):
        return reference
    return hashlib.sha256(reference.encode()).hexdigest()[:20]


def is_drawn(reference: str) -> bool:
    """Whether it was drawn by chance: then it names nothing to a person."""
    return bool(_DRAWN.fullmatch(reference))
