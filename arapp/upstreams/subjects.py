"""What an intent concerns, and what it has made: read at the service into the mirror before and after a write."""

from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from arapp.outbox.models import Intent
from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice, Item
from arapp.upstreams.base import CUSTOMER, ITEM, Act, Adapter, Order
from arapp.upstreams.details import take_in


def read(adapter: Adapter, order: Order, intent: Intent) -> tuple[Order, Any]:
    """The order with its subject and what it has made so far, and the record that ``Act.shows`` judges.

    The record is of what the act makes, None while it is not there; otherwise of what the intent concerns.
    Raises what ``detail`` raises.
    """
    record = _subject(adapter, intent)
    order = replace(order, subject=record)
    act = adapter.acts.get(order.kind)
    if act is None or not act.makes:
        return order, record
    made = order.result_id or (act.find(adapter, order) if act.find else "")
    if not made:
        return order, None
    record = take_made(adapter, intent, act, made)
    return replace(order, result_id=made, made=record), record


def _subject(adapter: Adapter, intent: Intent) -> Any:
    if intent.invoice_id:
        return take_in(adapter, intent.invoice)
    if intent.customer_id:
        return _take_customer(adapter, intent, intent.customer.external_id)
    return _take_item(adapter, intent, intent.item.external_id) if intent.item_id else None


def take_made(adapter: Adapter, intent: Intent, act: Act, external_id: str) -> Any:
    """Read what the act has made into the mirror; an intent that concerned nothing yet concerns it from now on."""
    if act.makes == CUSTOMER:
        record = _take_customer(adapter, intent, external_id)
        _link(intent, "customer", Customer.objects.all(), external_id)
    elif act.makes == ITEM:
        record = _take_item(adapter, intent, external_id)
        _link(intent, "item", Item.objects.all(), external_id)
    else:
        asked_at = timezone.now()
        record = adapter.detail(act.makes, external_id)
        mirror.write_invoices(intent.source, [record], asked_at)
        _link(intent, "invoice", Invoice.objects.filter(kind=act.makes), external_id)
    return record


def _link(intent: Intent, field: str, rows: QuerySet[Any], external_id: str) -> None:
    """Only what concerned nothing before; a credit note that was made still concerns its invoice."""
    if intent.invoice_id or intent.customer_id or intent.item_id:
        return
    row = rows.get(source=intent.source_id, external_id=external_id)
    Intent.objects.filter(pk=intent.pk).update(**{field: row})
    setattr(intent, field, row)


def _take_customer(adapter: Adapter, intent: Intent, external_id: str) -> Any:
    record = adapter.customer(external_id)
    mirror.write_customers(intent.source, [record], timezone.now())
    if intent.customer_id:
        intent.customer.refresh_from_db()
    return record


def _take_item(adapter: Adapter, intent: Intent, external_id: str) -> Any:
    record = adapter.item(external_id)
    mirror.write_items(intent.source, [record], timezone.now())
    if intent.item_id:
        intent.item.refresh_from_db()
    return record
