"""Billogram's envelope: ``status`` and ``data`` around every answer (section 2 of the reference)."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from arapp.receivables.money import AmountError, exact_decimal
from arapp.receivables.records import text
from arapp.upstreams.base import Gone, NotReady, WrongCredentials
from arapp.upstreams.http import Answer, BadAnswer, Failure, Rejected

T = TypeVar("T", dict, list)

PERMISSION_DENIED = "PERMISSION_DENIED"
NOT_AVAILABLE_YET = "NOT_AVAILABLE_YET"
LEFT_OUT = "***"
WRONG_KEY = frozenset({"MISSING_AUTH", "INVALID_AUTH"})


def word_of(body: Any) -> str:
    """The code in ``status``, for example ``INVALID_PARAMETER``; "" in an answer that is no envelope."""
    return text(body.get("status")) if isinstance(body, Mapping) else ""


def words(status: int, body: Any) -> str:
    """The service's own words in an error, and the field they concern; "" when it says none (section 2.2)."""
    data = body.get("data") if isinstance(body, Mapping) else None
    if not isinstance(data, Mapping) or not text(data.get("message")):
        return word_of(body)
    field = _field(data)
    return f"{text(data['message'])} ({field})" if field else text(data["message"])


def _field(data: Mapping[str, Any]) -> str:
    """``items[2]:title`` as in section 1.1, out of ``field`` and the list ``field_path``."""
    path = data.get("field_path")
    steps = [*path, data.get("field")] if isinstance(path, list) else [data.get("field")]
    named = [f"[{step}]" if isinstance(step, int) else f":{text(step)}" for step in steps if text(step)]
    return "".join(named).removeprefix(":")


def checked(answer: Answer, kind: type[T]) -> tuple[T, dict[str, Any]]:
    """``data`` and ``meta`` of a success: 200, ``OK``, data of this type; else BadAnswer (section 13, 1)."""
    body = answer.object()
    if answer.status != 200 or body.get("status") != "OK":
        said = {"status": answer.status, "word": word_of(body)[:60]}
        raise BadAnswer(_("Billogram answered %(status)d with the status “%(word)s”.") % said)
    data, meta = body.get("data"), body.get("meta")
    if not isinstance(data, kind):
        no_object = _("Billogram answered with something that is not an object.")
        raise BadAnswer(no_object if kind is dict else _("Billogram answered with something that is not a list."))
    return _unsigned(data), meta if isinstance(meta, dict) else {}


def _unsigned(data: Any) -> Any:
    """Without the key that callbacks are signed with (section 9.2), which stands in the objects themselves."""
    if isinstance(data, list):
        return [_unsigned(entry) for entry in data]
    callbacks = data.get("callbacks") if isinstance(data, Mapping) else None
    if not isinstance(callbacks, Mapping) or not callbacks.get("sign_key"):
        return data
    return {**data, "callbacks": {**callbacks, "sign_key": LEFT_OUT}}


def count_of(meta: Mapping[str, Any]) -> int:
    """How many rows a list has in all its pages. BadAnswer when the service does not say."""
    try:
        total = exact_decimal(meta.get("total_count"))
    except AmountError:
        total = None
    if total is None or total < 0 or total != int(total):
        raise BadAnswer(_("Billogram answered with a list without its total_count."))
    return int(total)


def not_yet(status: int, body: Any) -> bool:
    """Whether the object is only being made at this moment (section 2.3): a read is asked again."""
    return status == 404 and word_of(body) == NOT_AVAILABLE_YET


def meaning(error: Rejected) -> Failure:
    """What an answer of 4xx means: wrong credentials, gone, not ready, or simply refused (section 2.3)."""
    word = word_of(error.body)
    if error.status == 401 or word in WRONG_KEY:
        return WrongCredentials(_("Billogram does not accept this API user and key."))
    if error.status != 404:
        return error
    if not_yet(error.status, error.body):
        return NotReady(_("Billogram is still making this document; try again in a moment."))
    if not word:
        return BadAnswer(_("There is no Billogram API at this address (404)."))
    return Gone(_("Billogram has no such object: %(words)s.") % {"words": error.words or word})


def meaning_of_written(answer: Answer) -> Rejected | None:
    """A refusal that came with 200 (section 13, 1); None for a success. BadAnswer when it is neither."""
    body = answer.object()
    if word_of(body) not in ("", "OK") and isinstance(body.get("data"), dict):
        return Rejected(answer.status, words(answer.status, body), body)
    checked(answer, dict)
    return None
