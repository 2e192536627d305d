"""Acts in words: what somebody wants a service to do beside deciding, and what it was told with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arapp.actions.fields import Field
from arapp.actions.table import ACTIONS
from arapp.outbox.models import Intent, IntentState
from arapp.receivables.models import Source
from arapp.receivables.money import AmountError, Money
from arapp.web.shown import chosen, day_text, spoken

Pairs = list[tuple[str, str]]


def is_kept(intent: Intent, source: Source) -> bool:
    """Whether it stays at the desk because the service has no place for it. ``source`` is the intent's."""
    action = ACTIONS.get(intent.kind)
    return action is not None and intent.state == IntentState.DONE and action.kept_at(source.service)


def act_words(intent: Intent, currency: str) -> str:
    """“Payment of 25.00 SEK”, “E-mail to billing@example.org”: an act as a noun; ``currency`` is its invoice's."""
    words = _WORDS.get(intent.kind)
    if words:
        return words(intent.data, currency)
    action = ACTIONS.get(intent.kind)
    return str(action.label) if action else spoken(intent.kind.replace(".", "_"))


def with_act(intent: Intent, currency: str, words: str) -> str:
    """The words about a decision as they are; about an act with what it is before them."""
    return words if intent.decides else f"{act_words(intent, currency)} · {words}"


def details_of(intent: Intent, source: Source, currency: str, files: Mapping[str, str]) -> Pairs:
    """What was told, field by field in words. ``files``: names of files as people know them, by name on disk."""
    action = ACTIONS.get(intent.kind)
    fields = action.fields_at(source.service) if action and not intent.decides else ()
    return list(_pairs(fields, intent.data, currency, files))


def _pairs(
    fields: Iterable[Field], data: Mapping[str, Any], currency: str, files: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for field in fields:
        text = _text(field, data.get(field.name), currency, files)
        if text:
            yield str(field.label), text


def _text(field: Field, value: Any, currency: str, files: Mapping[str, str]) -> str:
    if value in (None, "", [], {}):
        return ""
    if field.kind == "yes":
        return _("yes") if value else _("no")
    if field.kind == "amount":
        return _money(value, currency)
    if field.kind == "group":
        return ", ".join(text for _label, text in _pairs(field.fields, value, currency, files))
    if field.kind == "rows":
        return "\n".join(" · ".join(text for _l, text in _pairs(field.fields, row, currency, files)) for row in value)
    if field.kind in ("file", "files"):
        return ", ".join(files.get(name, name) for name in ([value] if isinstance(value, str) else value))
    if field.kind in ("choice", "day"):
        return chosen(value) if field.kind == "choice" else day_text(str(value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _money(value: Any, currency: str) -> str:
    try:
        return str(Money.parse(value, currency)) if currency else str(value)
    except AmountError:
        return str(value)


def _to(data: Mapping[str, Any]) -> str:
    return ", ".join(data.get("to") or [])


def _payment(data: Mapping[str, Any], currency: str) -> str:
    return _("Payment of %(amount)s") % {"amount": _money(data.get("amount", ""), currency)}


def _credit(data: Mapping[str, Any], currency: str) -> str:
    if data.get("amount"):
        return _("Credit of %(amount)s") % {"amount": _money(data["amount"], currency)}
    return str(_CREDITS.get(data.get("mode", ""), _("Credit")))


def _email(data: Mapping[str, Any], _currency: str) -> str:
    return _("E-mail to %(to)s") % {"to": _to(data)} if _to(data) else _("E-mail")


def _remind(data: Mapping[str, Any], _currency: str) -> str:
    return _("Reminder to %(to)s") % {"to": _to(data)} if _to(data) else _("Reminder")


def _respite(data: Mapping[str, Any], _currency: str) -> str:
    return _("Respite until %(day)s") % {"day": data.get("date", "")}


def _tags(data: Mapping[str, Any], _currency: str) -> str:
    changes = [f"+ {name}" for name in data.get("tags") or []] + [f"− {name}" for name in data.get("remove") or []]
    return _("Tags: %(tags)s") % {"tags": ", ".join(changes)}


_CREDITS = {
    "full": gettext_lazy("Credit in full"),
    "remaining": gettext_lazy("Credit of the rest"),
    "items": gettext_lazy("Credit of chosen lines"),
}
_WORDS: dict[str, Callable[[Mapping[str, Any], str], str]] = {
    "payment.create": _payment,
    "payment.delete": lambda data, currency: _("Deletion of a payment"),
    "invoice.credit": _credit,
    "invoice.credit_payment": _credit,
    "invoice.comment": lambda data, currency: _("Comment"),
    "invoice.email": _email,
    "invoice.remind": _remind,
    "invoice.respite": _respite,
    "invoice.tag": _tags,
    "reminder.email": _email,
}
