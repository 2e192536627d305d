"""What happened with a customer: decisions, payments, notes and changes of all its invoices, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from arapp.approvals.models import Decision
from arapp.kept.models import KeptComment
from arapp.lists.days import end_of
from arapp.lists.moved import Moved
from arapp.receivables.models import Customer, Invoice, Snapshot
from arapp.receivables.money import Money
from arapp.web.shown import without_mark

MOST = 50


@dataclass(frozen=True)
class Happened:
    """One line. ``at`` is where it stands among the others; what has a day alone shows ``day``."""

    at: datetime
    title: str
    css: str
    invoice: Invoice | None = None
    who: str = ""
    text: str = ""
    day: date | None = None
    amount: Money | None = None

    @property
    def url(self) -> str:
        return reverse("invoice", args=[self.invoice.pk]) if self.invoice else ""


def history_of(customer: Customer) -> tuple[list[Happened], bool]:
    """The newest, and whether there are more. Five queries, however much there was."""
    parts = (_decisions, _moves, _notes, _changes, _steps)
    found = sorted((one for part in parts for one in part(customer)), key=attrgetter("at"), reverse=True)
    return found[:MOST], len(found) > MOST


def _decisions(customer: Customer) -> Iterator[Happened]:
    theirs = Decision.objects.filter(approval__invoice__customer=customer).select_related(
        "person", "approval__invoice"
    )
    for one in theirs.order_by(Coalesce("at", "recorded_at").desc(), F("id").desc())[: MOST + 1]:
        css = f"decision s-{one.to_state}"
        who = str(one.person) if one.person_id else str(one.get_origin_display())
        at = one.at or one.recorded_at
        yield Happened(at, str(one.get_action_display()), css, one.approval.invoice, who, one.note)


def _moves(customer: Customer) -> Iterator[Happened]:
    theirs = Moved.objects.standing().filter(invoice__customer=customer).select_related("invoice", "person")
    for one in theirs.order_by("-date", "-id")[: MOST + 1]:
        who, words = str(one.person) if one.person_id else "", without_mark(one.text)
        at, what = end_of(one.date), str(one.get_kind_display())
        yield Happened(at, what, "moved", one.invoice, who, words, one.date, one.money())


def _notes(customer: Customer) -> Iterator[Happened]:
    about = KeptComment.objects.filter(Q(customer=customer) | Q(invoice__customer=customer))
    for one in about.select_related("person", "invoice").order_by("-at", "-id")[: MOST + 1]:
        who = str(one.person) if one.person_id else ""
        yield Happened(one.at, _("Note"), "note-of-desk", one.invoice, who, one.text)


def _changes(customer: Customer) -> Iterator[Happened]:
    """Changes of substance; the first content of an invoice is none."""
    before = Snapshot.objects.filter(invoice=OuterRef("invoice"), id__lt=OuterRef("id")).exclude(digest="")
    theirs = Snapshot.objects.filter(Exists(before), invoice__customer=customer).defer("payload", "detail", "fields")
    for one in theirs.select_related("invoice__source").order_by("-first_seen_at", "-id")[: MOST + 1]:
        service = one.invoice.source.get_service_display()
        words = _("Changed at %(service)s") % {"service": service}
        yield Happened(one.first_seen_at, words, "change", one.invoice)


def _steps(customer: Customer) -> Iterator[Happened]:
    for one in customer.debtor_steps.select_related("person").order_by("-id")[: MOST + 1]:
        joined: Any = one.kind == one.Kind.JOINED
        words = _("Joined with other customers") if joined else _("Split off from other customers")
        yield Happened(one.at, words, "debtor", None, str(one.person) if one.person_id else "")
