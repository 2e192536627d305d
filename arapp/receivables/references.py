"""Our own references: they mark what we make at a service, so that nothing is made twice."""

import re
import secrets

_DRAWN = re.compile(r"AR-[0-9a-f]{20}", re.ASCII)


def drawn() -> str:
    """A new one, drawn by chance."""
    return f"AR-{secrets.token_hex(10)}"


def is_drawn(reference: str) -> bool:
    """Whether it was drawn by chance: then it names nothing to a person."""
    return bool(_DRAWN.fullmatch(reference))
