"""What came back from a call, and its body as JSON with exact numbers."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from arapp.upstreams.failures import BadAnswer

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """The body as JSON with exact numbers. BadAnswer when it is none."""
        try:
            plain = self.body.removeprefix(BOM).decode("utf-8")
            return json.loads(plain, parse_float=_exact, parse_constant=_refuse)
        except (ValueError, ArithmeticError, RecursionError) as error:
            kind = self.headers.get("content-type", _("no type")).split(";")[0][:60]
            sentence = _("The service answered %(status)d with %(kind)s that is not readable JSON.")
            raise BadAnswer(sentence % {"status": self.status, "kind": kind}) from error

    def object(self) -> dict[str, Any]:
        """The body as a JSON object. BadAnswer when it is none."""
        value = self.json()
        if not isinstance(value, dict):
            sentence = _("The service answered %(status)d with JSON that is not an object.")
            raise BadAnswer(sentence % {"status": self.status})
        return value


def _exact(text: str) -> Decimal:
    return Decimal(text)


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a number")
