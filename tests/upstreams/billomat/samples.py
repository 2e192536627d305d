"""The payload files of Billomat, read as our Http reads them."""

from pathlib import Path
from typing import Any

from arapp.upstreams.http import Answer

FOLDER = Path(__file__).parent / "payloads"


def raw(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def body(name: str) -> dict[str, Any]:
    """The whole answer of ``<name>.json``."""
    return Answer(200, {}, raw(f"{name}.json")).object()


def only(name: str) -> dict[str, Any]:
    """What stands in the wrapper of an answer with one object."""
    (inner,) = body(name).values()
    return inner


def rows(name: str) -> list[dict[str, Any]]:
    """The rows of a list, taken out by hand."""
    (plural, inner), *_ = body(name).items()
    held = inner.get(plural.removesuffix("s"), [])
    return held if isinstance(held, list) else [held]
