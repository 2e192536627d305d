"""What of a record shows that an action is in effect: pure functions (events: section 9.1 of the reference)."""

from collections.abc import Callable, Mapping
from typing import Any

from arapp.receivables.money import AmountError, exact_decimal
from arapp.receivables.records import (
    APPROVED,
    WAITING,
    CustomerRecord,
    InvoiceRecord,
    ItemRecord,
    mapping,
    rows,
    text,
)
from arapp.upstreams.base import Order
from arapp.upstreams.billogram import comparing

Proof = Callable[[Order, Any], int]
Event = Mapping[str, Any]


def events(kind: str, agrees: Callable[[Order, Event], bool] = lambda order, data: True) -> Proof:
    """How many events of this kind there are that do not say something else than the order."""

    def shows(order: Order, record: InvoiceRecord) -> int:
        log = rows((record.detail or {}).get("events"))
        return sum(each.get("type") == kind and agrees(order, mapping(each.get("data"))) for each in log)

    return shows


def same_amount(order: Order, data: Event) -> bool:
    return _agrees(data.get("amount"), order.data.get("amount"))


def by_hand(order: Order, data: Event) -> bool:
    """A payment that was registered, not one that came in through the bank."""
    return data.get("manual") is not False and same_amount(order, data)


def same_message(order: Order, data: Event) -> bool:
    return data.get("message") in (None, order.data.get("body"))


def same_method(order: Order, data: Event) -> bool:
    """Another channel may have been taken than was asked for; then the event says which one was."""
    told = [data.get("delivery_method"), data.get("original_delivery_method")]
    return not order.data.get("method") or not any(told) or order.data["method"] in told


def _agrees(told: Any, wanted: Any) -> bool:
    """An event that says nothing may be ours; one that says something else is not."""
    try:
        return None in (told, wanted) or abs(exact_decimal(told)) == exact_decimal(wanted)
    except AmountError:
        return False


def made_as_wanted(order: Order, record: InvoiceRecord) -> int:
    """What carries our reference may have been made of other data, unless the service just took ours; where it was
    to be sent too, it is no draft.
    """
    sent = not order.data.get("send") or record.service_decision == APPROVED
    wanted = comparing.demanded(comparing.of_invoice(order.data))
    return int(sent and (order.accepted or _is_so(wanted, record)))


def _is_so(wanted: Mapping[str, Any], record: InvoiceRecord) -> bool:
    return record.form is not None and not comparing.changes(wanted, comparing.with_due_days(record.form))


def looks_like(part: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Proof:
    """Whether the record shows all that its part of the data says."""

    def shows(order: Order, record: CustomerRecord | ItemRecord) -> int:
        wanted = _to_show(order, part(order.data))
        return int(record.form is not None and not comparing.changes(wanted, record.form))

    return shows


def invoice_looks_like(order: Order, record: InvoiceRecord) -> int:
    """A draft does not show whether its copy of the customer is as the customer is now; the write finds out."""
    unsure = "customer" in order.data and record.service_decision == WAITING and not order.accepted
    return int(not unsure and _is_so(_to_show(order, comparing.of_invoice(order.data)), record))


def _to_show(order: Order, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is reset to a default has to be told once; then the service's own value stands there."""
    return comparing.demanded(wanted) if order.accepted else wanted


def has_respite(order: Order, record: InvoiceRecord) -> int:
    return int(text((record.detail or {}).get("respite_date")) == order.data["date"])


def has_no_respite(order: Order, record: InvoiceRecord) -> int:
    return int(not (record.detail or {}).get("respite_date"))


def is_written_down(order: Order, record: InvoiceRecord) -> int:
    return int(events("Writedown")(order, record) > events("RevertWritedown")(order, record))


def is_not_written_down(order: Order, record: InvoiceRecord) -> int:
    return 1 - is_written_down(order, record)
