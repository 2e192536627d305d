"""What Billogram is told, one function for each call (reference sections 4 to 6 and 8)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from arapp.receivables.records import rows
from arapp.upstreams.base import CUSTOMERS, INVOICES, ITEMS, NotReady, Order, Written
from arapp.upstreams.billogram import bodies, comparing, mapping
from arapp.upstreams.billogram.calls import PATHS, NotOffered, command_path, path_of, unreadable
from arapp.upstreams.billogram.envelope import word_of
from arapp.upstreams.http import Rejected

if TYPE_CHECKING:
    from arapp.upstreams.billogram.client import Billogram

INVALID_OBJECT_STATE = "INVALID_OBJECT_STATE"
SETTLES = timedelta(seconds=30)
"""Ten seconds were enough for others."""


def command(name: str, body: Callable[[Order], Mapping[str, Any]]) -> Callable[["Billogram", Order], None]:
    """A command on a billogram (section 8)."""

    def write(adapter: "Billogram", order: Order) -> None:
        adapter.calls.write("POST", command_path(order.external_id, name), body(order))

    return write


def once_settled(write: Callable[["Billogram", Order], None]) -> Callable[["Billogram", Order], None]:
    """Right after ``send`` some commands are refused for a few seconds (7.2): they are told again, not refused."""

    def waits(adapter: "Billogram", order: Order) -> None:
        try:
            write(adapter, order)
        except Rejected as refusal:
            if word_of(refusal.body) == INVALID_OBJECT_STATE and _just_sent(adapter, order):
                sentence = _("Billogram is still sending this invoice; it is told again in a moment.")
                raise NotReady(sentence) from refusal
            raise

    return waits


def _just_sent(adapter: "Billogram", order: Order) -> bool:
    sent_at = order.subject.sent_at
    return bool(sent_at) and abs(adapter.http.now() - sent_at) < SETTLES


def create_customer(adapter: "Billogram", order: Order) -> Written:
    return _made(adapter, CUSTOMERS, bodies.customer(order.data))


def create_item(adapter: "Billogram", order: Order) -> Written:
    return _made(adapter, ITEMS, bodies.item(order.data))


def create_invoice(adapter: "Billogram", order: Order) -> Written:
    """A draft that is there already, because its sending was refused or lost, is only sent (section 13, 13)."""
    if not order.result_id:
        return _made(adapter, INVOICES, bodies.new_invoice(order))
    adapter.calls.write("POST", command_path(order.result_id, "send"), bodies.sending(order))
    return Written(order.result_id)


def _made(adapter: "Billogram", stream: str, body: Mapping[str, Any]) -> Written:
    external_id = mapping.entry_id(stream, adapter.calls.write("POST", PATHS[stream], body))
    if not external_id:
        raise unreadable()
    return Written(external_id)


def update_customer(adapter: "Billogram", order: Order) -> None:
    changes = comparing.changes(comparing.of_customer(order.data), order.subject.form)
    if "number" in changes:
        raise NotOffered(_("Billogram knows a customer by the number; it cannot be given another one."))
    _update(adapter, CUSTOMERS, order, bodies.customer(changes))


def update_item(adapter: "Billogram", order: Order) -> None:
    changes = comparing.changes(comparing.of_item(order.data), order.subject.form)
    if "number" in changes:
        raise NotOffered(_("Billogram knows an item by its number; it cannot be given another one."))
    _update(adapter, ITEMS, order, bodies.item(changes))


def update_invoice(adapter: "Billogram", order: Order) -> None:
    """Rows that stay as they are are not sent: they could make a debit or a credit invoice (section 6.1)."""
    shown = comparing.with_due_days(order.subject.form)
    _update(adapter, INVOICES, order, bodies.invoice(comparing.changes(comparing.of_invoice(order.data), shown)))


def _update(adapter: "Billogram", stream: str, order: Order, body: Mapping[str, Any]) -> None:
    adapter.calls.write("PUT", path_of(stream, order.external_id), body)


def delete(stream: str) -> Callable[["Billogram", Order], None]:
    def write(adapter: "Billogram", order: Order) -> None:
        adapter.calls.write("DELETE", path_of(stream, order.external_id))

    return write


def credit(adapter: "Billogram", order: Order) -> None:
    body = bodies.credit(order, rows(order.subject.detail.get("items")))
    adapter.calls.write("POST", command_path(order.external_id, "credit"), body)
