"""The list of decisions: its rows, how many of each kind there are, and the columns of its downloads."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from arapp.approvals.batches import BatchRow, Result
from arapp.approvals.models import Action, Decision
from arapp.lists.columns import Column, Holds
from arapp.lists.days import local
from arapp.lists.decision_filters import DecisionFilter
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money

CHUNK = 2_000
MANY = 50_000
"""Of more decisions the amounts are not added up: each stands beside its invoice in another table."""
NARROW = {"q", "customer"}
"""Filters that leave few decisions, so that they are counted and added up at once."""

SHOWN = (
    *"action from_state to_state at recorded_at note origin alone person__username".split(),
    *"person__first_name person__last_name approval__state".split(),
    *(f"approval__invoice__{name}" for name in "number short_id external_id kind currency gross gone_at".split()),
    *(f"approval__invoice__customer__{name}" for name in "name number external_id".split()),
    *(f"approval__invoice__source__{name}" for name in "name service".split()),
    *(f"intent__{name}" for name in "kind data state error settled_at settled_by source".split()),
)
"""What a row reads; anything else costs a query."""


def decision_rows(rows: QuerySet[Decision]) -> QuerySet[Any]:
    """Rows with the invoice, its customer and source, the person, and what was told to the service."""
    theirs = ("approval__invoice__customer", "approval__invoice__source", "person", "intent")
    return rows.select_related(*theirs).only(*SHOWN)


def with_batches(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Each with ``batch``, the id of the decision on many that the person was taking just then; else None."""
    done = BatchRow.objects.filter(
        invoice=OuterRef("approval"), result=Result.DONE, batch__created_at__lte=OuterRef("at")
    )
    then = done.filter(Q(batch__ended_at=None) | Q(batch__ended_at__gte=OuterRef("at")))
    theirs = then.filter(batch__person=OuterRef("person"), batch__action=OuterRef("action"))
    return rows.annotate(batch=Subquery(theirs.order_by("-batch").values("batch")[:1]))


def export_decisions(found: DecisionFilter) -> Iterator[Decision]:
    """Every filtered decision in the list's order."""
    return found.order.sorted(decision_rows(found.qs), found.today).iterator(chunk_size=CHUNK)


@dataclass(frozen=True)
class ActionSum:
    """How often an action was taken, and the gross amounts of its invoices, one per currency."""

    action: str
    rows: int
    gross: Sequence[Money]

    @property
    def label(self) -> str:
        return str(Action(self.action).label)


def decision_totals(found: DecisionFilter) -> list[ActionSum]:
    """In the order of the actions. Of ``MANY`` decisions the amounts are left out."""
    if NARROW & set(found.active):
        return _added(found)
    counted: dict[str, int] = dict(found.qs.order_by().values_list("action").annotate(n=Count("*")))
    if 0 < sum(counted.values()) <= MANY:
        return _added(found)
    return [ActionSum(action, counted[action], ()) for action in Action.values if action in counted]


def _added(found: DecisionFilter) -> list[ActionSum]:
    by = ("action", "approval__invoice__currency")
    sums = {"n": Count("*"), "gross": Sum("approval__invoice__gross")}
    counted: dict[str, int] = {}
    added: dict[str, list[Money]] = {}
    for action, currency, n, gross in found.qs.order_by().values_list(*by).annotate(**sums).order_by(*by):
        counted[action] = counted.get(action, 0) + n
        if currency and gross is not None:
            added.setdefault(action, []).append(Money(int(gross), currency))
    return [
        ActionSum(action, counted[action], added.get(action, ())) for action in Action.values if action in counted
    ]


def decision_count(sums: Sequence[ActionSum]) -> int:
    """How many rows the list has; needs no query of its own."""
    return sum(one.rows for one in sums)


def _text(name: str, label: Any, read: Callable[[Decision], str | None]) -> Column:
    return Column(name, label, lambda row, _today: read(row) or "")


def _about(name: str, label: Any, read: Callable[[Invoice], str | None]) -> Column:
    return _text(name, label, lambda row: read(row.approval.invoice))


def _gross(row: Decision, _today: date) -> Decimal | None:
    gross = row.approval.invoice.money("gross")
    return gross.amount if gross else None


def _moment(name: str, label: Any, read: Callable[[Decision], datetime | None]) -> Column:
    def local_moment(row: Decision, _today: date) -> datetime | None:
        moment = read(row)
        return local(moment) if moment else None

    return Column(name, label, local_moment, Holds.MOMENT)


DECISION_COLUMNS: Sequence[Column] = (
    _moment("at", _("Decided"), lambda row: row.at),
    _moment("recorded", _("Recorded"), lambda row: row.recorded_at),
    _text("action", _("Decision"), lambda row: row.action),
    _text("from", _("From"), lambda row: row.from_state),
    _text("to", _("To"), lambda row: row.to_state),
    _text("person", _("Person"), lambda row: row.person and row.person.get_username()),
    _text("origin", _("From where"), lambda row: row.origin),
    _text("alone", _("By one person alone"), lambda row: "yes" if row.alone else ""),
    _text("note", _("Note"), lambda row: row.note),
    _about("number", _("Number"), lambda invoice: invoice.number),
    _about("external_id", _("External id"), lambda invoice: invoice.external_id),
    _about("customer_number", _("Customer number"), lambda invoice: invoice.customer and invoice.customer.number),
    _about("customer", _("Customer"), lambda invoice: invoice.customer and invoice.customer.name),
    _about("currency", _("Currency"), lambda invoice: invoice.currency),
    Column("gross", _("Gross"), _gross, Holds.MONEY),
    _about("source", _("Source"), lambda invoice: invoice.source.name),
    _about("service", _("Service"), lambda invoice: invoice.source.service),
    _text("at_service", _("At the service"), lambda row: row.intent and row.intent.state),
)
