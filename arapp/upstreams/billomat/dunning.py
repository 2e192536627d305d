"""Reminders: made at the next level, completed, e-mailed, called off (reference 4.9, 6.5). Proofs are pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from arapp.receivables.records import InvoiceRecord, text
from arapp.upstreams.base import Order, Written
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.billomat.calls import path_of
from arapp.upstreams.billomat.demands import demand_invoice, standing
from arapp.upstreams.billomat.references import carrying
from arapp.upstreams.billomat.sending import message, told
from arapp.upstreams.billomat.walks import key

if TYPE_CHECKING:
    from arapp.upstreams.billomat.client import Billomat

Row = Mapping[str, Any]

PREFIX = "reminder:"
"""Ahead of a reminder's id where papers of several kinds stand side by side."""
MAILED = ("REMINDER_MAIL", "REMINDER_SIGN_MAIL")
WRITTEN = ("date", "due_days", "subject", "intro", "note")
"""What may be told of a reminder; its level, its fee and other texts are Billomat's (4.9)."""


def remind(adapter: "Billomat", order: Order) -> Written:
    """Make the reminder; then, as far as it stands by now, complete it and e-mail it if somebody is to get it."""
    demand_invoice(order)
    reminder = _made(adapter, order)
    if reminder is None:
        return Written(adapter.writes.make("reminders", "reminder", draft(order)), more=True)
    external_id = key(reminder)
    if reminder.get("status") == "DRAFT":
        with standing(_("The draft of the reminder is made.")):
            adapter.writes.act("PUT", path_of("reminders", external_id, "complete"), {"complete": {}})
    if order.data.get("to"):
        with standing(_("The reminder is made; its e-mail was not sent.")):
            _mail(adapter, order, external_id)
    return Written(external_id)


def _mail(adapter: "Billomat", order: Order, external_id: str) -> None:
    """Read once more: it may have been paid or called off in the meantime."""
    _demand_running(adapter.calls.known("reminders", "reminder", external_id))
    body = {"email": {"recipients": {"to": list(order.data["to"])}}}
    adapter.writes.act("POST", path_of("reminders", external_id, "email"), body)


def _made(adapter: "Billomat", order: Order) -> Row | None:
    """What the order has made before, by its id or else by our reference."""
    if order.result_id:
        return adapter.calls.known("reminders", "reminder", order.result_id)
    return carrying(adapter.calls, "reminders", "reminder", order.reference)


def _demand_running(reminder: Row) -> None:
    if reminder.get("status") not in ("OPEN", "OVERDUE"):
        raise Unfit(_("It was settled meanwhile."))


def draft(order: Order) -> dict[str, Any]:
    written = {name: order.data[name] for name in WRITTEN if name in order.data}
    return {"invoice_id": order.external_id, "customfield": order.reference} | written


def reminded(order: Order, record: InvoiceRecord) -> int:
    """How many e-mails with reminders the invoice tells of (it names none); without one, whether ours is issued."""
    if order.data.get("to"):
        return told(*MAILED)(order, record)
    return sum(_is_own(order, row) and row.get("status") != "DRAFT" for row in reminders(record))


def issued(order: Order, record: InvoiceRecord) -> bool:
    """Whether all is done that a reminder asks for which nobody gets by e-mail."""
    return not order.data.get("to") and reminded(order, record) > 0


def _is_own(order: Order, row: Row) -> bool:
    if order.result_id:
        return key(row) == order.result_id
    return bool(order.reference) and text(row.get("customfield")) == order.reference


def reminders(record: InvoiceRecord) -> list[Row]:
    return (record.detail or {}).get("reminders", [])


# one reminder that is there


def email_reminder(adapter: "Billomat", order: Order) -> None:
    adapter.writes.act("POST", path_of("reminders", _own_id(order), "email"), {"email": message(order)})


def cancel_reminder(adapter: "Billomat", order: Order) -> None:
    adapter.writes.act("PUT", path_of("reminders", _own_id(order), "cancel"))


def cancelled(order: Order, record: InvoiceRecord) -> int:
    return sum(key(row) == named(order) and row.get("status") == "CANCELED" for row in reminders(record))


def _own_id(order: Order) -> str:
    """The reminder that is named, which must be one of this very invoice."""
    if named(order) not in map(key, reminders(order.subject)):
        raise Unfit(_("Billomat has no such reminder of this invoice."))
    return named(order)


def named(order: Order) -> str:
    """The id in ``reminder``, also when it is given as the paper's."""
    return order.data["reminder"].removeprefix(PREFIX)
