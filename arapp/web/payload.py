"""What a service sent, as JSON people read: numbers exactly as they came, addresses that are keys left out."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

OPENS_WITHOUT_SIGNING_IN = ("file", "url", "recipient_url", "customerportal_url")
"""Addresses in payloads that show the document to whoever has them; the desk opens it with its own key instead."""

_ADDRESS = re.compile(rf'("(?:{"|".join(OPENS_WITHOUT_SIGNING_IN)})"\s*:\s*)"(?:[^"\\]|\\.)*"?', re.DOTALL)
"""In a text that is no JSON, or is nested too deep to be read as such."""


def pretty(text: str) -> str:
    """JSON text with line breaks; every number exactly as it is in the text, secret addresses left out."""
    try:
        return _indented(_without_secrets(json.loads(text, parse_float=Decimal)), "")
    except (ValueError, RecursionError):
        return _ADDRESS.sub(lambda found: found[1] + json.dumps(_left_out(), ensure_ascii=False), text)


def _left_out() -> str:
    return _("(left out: it opens the document without signing in)")


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _left_out()
            if key in OPENS_WITHOUT_SIGNING_IN and isinstance(inner, str | list) and inner
            else _without_secrets(inner)
            for key, inner in value.items()
        }
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _indented(value: Any, before: str) -> str:
    inner = before + "  "
    if isinstance(value, Mapping) and value:
        rows = [f"{inner}{json.dumps(key, ensure_ascii=False)}: {_indented(v, inner)}" for key, v in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{before}}}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join(inner + _indented(item, inner) for item in value) + f"\n{before}]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
