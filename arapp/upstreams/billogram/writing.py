"""What Billogram is told, one function for each call (reference sections 4 to 6 and 8)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from arapp.receivables.records import WAITING, rows, text
from arapp.upstreams.base import CUSTOMERS, INVOICES, ITEMS, NotReady, Order, Written
from arapp.upstreams.billogram import bodies, comparing, forms, mapping
from arapp.upstreams.billogram.calls import PATHS, NotOffered, command_path, path_of, unreadable
from arapp.upstreams.billogram.envelope import word_of
from arapp.upstreams.http import Failure, Rejected

if TYPE_CHECKING:
    from arapp.upstreams.billogram.client import Billogram

Body = Mapping[str, Any]

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
    """A draft may be there already, because its sending was refused or lost (section 13, 13)."""
    if order.result_id:
        return _go_on_with_draft(adapter, order)
    return _made(adapter, INVOICES, bodies.new_invoice(order))


def _go_on_with_draft(adapter: "Billogram", order: Order) -> Written:
    """It may have been made of other data: it shows ours before it is sent. Failure when it does not come to that."""
    wanted = comparing.demanded(comparing.of_invoice(order.data))
    held = adapter.calls.one(INVOICES, order.result_id)
    customer = _customer_to_copy(adapter, wanted, held)
    body = bodies.lacking(wanted, held, customer)
    if body and not _is_draft(held):
        raise NotOffered(_("This reference stands for another invoice already."))
    if body:
        now = adapter.calls.write("PUT", path_of(INVOICES, order.result_id), body)
        if bodies.lacking(wanted, now, customer):
            raise Failure(_("Billogram accepted the change of the draft, but does not show it; it was not sent."))
    elif order.data.get("send"):
        adapter.calls.write("POST", command_path(order.result_id, "send"), bodies.sending(order))
    return Written(order.result_id, more=bool(body and order.data.get("send")))


def _customer_to_copy(adapter: "Billogram", wanted: Body, held: Body) -> Body:
    """The customer of a draft, where the data names just that one: the draft keeps a copy of its own (section 4)."""
    named = text(wanted.get("customer"))
    if not _is_draft(held) or named != forms.invoice(held).get("customer"):
        return {}
    return adapter.calls.one(CUSTOMERS, named)


def _is_draft(held: Body) -> bool:
    return mapping.service_decision(text(held.get("state"))) == WAITING


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
    if "" in (changes.get("unit_price"), changes.get("vat_rate")):
        raise NotOffered(_("At Billogram an item is not without a price and a VAT rate."))
    _update(adapter, ITEMS, order, bodies.item(changes))


def update_invoice(adapter: "Billogram", order: Order) -> None:
    """Nothing is sent where only the copy of the customer was in question, and is as the customer is."""
    wanted, held = comparing.of_invoice(order.data), order.subject.detail
    if body := bodies.lacking(wanted, held, _customer_to_copy(adapter, wanted, held)):
        _update(adapter, INVOICES, order, body)


def _update(adapter: "Billogram", stream: str, order: Order, body: Mapping[str, Any]) -> None:
    adapter.calls.write("PUT", path_of(stream, order.external_id), body)


def delete(stream: str) -> Callable[["Billogram", Order], None]:
    def write(adapter: "Billogram", order: Order) -> None:
        adapter.calls.write("DELETE", path_of(stream, order.external_id))

    return write


def credit(adapter: "Billogram", order: Order) -> None:
    body = bodies.credit(order, rows(order.subject.detail.get("items")))
    adapter.calls.write("POST", command_path(order.external_id, "credit"), body)
