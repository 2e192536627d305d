"""Files that Billogram gives as base64 in JSON (reference sections 10 and 11.3): pure functions."""

import base64
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.records import text
from arapp.upstreams.base import Document
from arapp.upstreams.http import BadAnswer

PDF, OCTETS = "application/pdf", "application/octet-stream"


def pdf(answer: Mapping[str, Any]) -> bytes:
    """BadAnswer when it is not base64 or not a PDF."""
    content = _decoded(answer)
    if not content.startswith(b"%PDF"):
        raise BadAnswer(_("Billogram answered with something that is not a PDF."))
    return content


def pdf_document(content: bytes, name: str) -> Document:
    """``name`` is without or with ``.pdf`` at its end."""
    stem = name[:-4] if name.lower().endswith(".pdf") else name
    return Document(content, PDF, f"{re.sub(r'[^A-Za-z0-9-]', '_', stem)}.pdf")


def report(answer: Mapping[str, Any], filename: str) -> Document:
    """BadAnswer when it is empty or not base64."""
    content = _decoded(answer)
    if not content:
        raise BadAnswer(_("Billogram answered with a report that is empty."))
    return Document(content, text(answer.get("file_type")) or OCTETS, filename)


def _decoded(answer: Mapping[str, Any]) -> bytes:
    """Nothing where it is not base64."""
    try:
        return base64.b64decode("".join(text(answer.get("content")).split()), validate=True)
    except ValueError:
        return b""
