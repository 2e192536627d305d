"""The last comparison of the desk with a service, for the page of a source."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from arapp.receivables.models import Customer, Invoice, Item, Kind, Source
from arapp.upstreams.base import CUSTOMER, ITEM
from arapp.upstreams.comparing import MISSING_HERE, MISSING_THERE, UNREAD
from arapp.upstreams.models import Verification, VerificationStatus
from arapp.web.shown import exact_html, whole
from arapp.web.timeline import name_of_field

SHOWN_AT_ONCE = 10
_CSS = {
    VerificationStatus.SAME: "good",
    VerificationStatus.DIFFERENT: "warn",
    VerificationStatus.FAILED: "bad",
}


@dataclass(frozen=True)
class Pair:
    """A count or a sum here and at the service, and what the two are called."""

    mine: str
    here: str
    theirs: str
    there: str

    @property
    def same(self) -> bool:
        return self.here == self.there


@dataclass(frozen=True)
class Figure:
    """Counts and sums of one kind in one currency: how many, gross, open."""

    kind: str
    currency: str
    pairs: list[Pair]


@dataclass(frozen=True)
class Differing:
    """One object that is not the same here and there."""

    name: str
    url: str
    kind: str
    what: str
    here: str
    there: str


@dataclass(frozen=True)
class Comparison:
    row: Verification | None
    figures: list[Figure]
    differences: list[Differing]
    command: str

    @property
    def css(self) -> str:
        return _CSS.get(self.row.status, "quiet") if self.row else "quiet"

    @property
    def first(self) -> list[Differing]:
        return self.differences[:SHOWN_AT_ONCE]

    @property
    def rest(self) -> list[Differing]:
        return self.differences[SHOWN_AT_ONCE:]


def comparison_of(source: Source) -> Comparison:
    """The last one that has ended, in at most four queries; while another goes on, it stays."""
    row = source.verifications.exclude(status=VerificationStatus.RUNNING).first()
    command = f"manage.py verify {shlex.quote(source.name)}"
    if row is None:
        return Comparison(None, [], [], command)
    return Comparison(row, [_figure(one) for one in row.figures], _differing(source, row.differences), command)


def _figure(told: dict[str, Any]) -> Figure:
    here, there, currency = told.get("here") or {}, told.get("there") or {}, told.get("currency") or ""
    pairs = [
        Pair(mine, _sum(name, here, currency), theirs, _sum(name, there, currency))
        for name, mine, theirs in (
            ("count", _("Count here"), _("Count there")),
            ("gross", _("Gross here"), _("Gross there")),
            ("open", _("Open here"), _("Open there")),
        )
    ]
    return Figure(_kind(told.get("kind", "")), currency, pairs)


def _sum(name: str, side: dict[str, Any], currency: str) -> str:
    value = side.get(name)
    if value is None:
        return "–"
    return whole(int(value)) if name == "count" else str(exact_html(str(value), currency))


def _differing(source: Source, found: Iterable[dict[str, Any]]) -> list[Differing]:
    found = list(found)
    links = _links(source, found)
    return [
        Differing(
            one.get("number") or one.get("external_id") or "–",
            links.get((one.get("kind"), str(one.get("external_id"))), ""),
            _kind(one.get("kind", "")),
            _what(one.get("what", ""), source),
            _text(one.get("here")),
            _text(one.get("there")),
        )
        for one in found
    ]


def _links(source: Source, found: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """The addresses of those that the desk has, by kind and the service's id."""
    ids = {str(one.get("external_id")) for one in found}
    if not ids:
        return {}
    invoices = Invoice.objects.filter(source=source, external_id__in=ids).values_list("kind", "external_id", "pk")
    customers = Customer.objects.filter(source=source, external_id__in=ids).values_list("external_id", "pk")
    items = Item.objects.filter(source=source, external_id__in=ids).values_list("external_id", "pk")
    ours = {(kind, external_id): reverse("invoice", args=[pk]) for kind, external_id, pk in invoices}
    ours |= {(CUSTOMER, external_id): reverse("customer", args=[pk]) for external_id, pk in customers}
    return ours | {(ITEM, external_id): reverse("item", args=[pk]) for external_id, pk in items}


def _kind(kind: str) -> str:
    others = {CUSTOMER: _("Customer"), ITEM: _("Item")}
    return others.get(kind) or str(dict(Kind.choices).get(kind, kind))


def _what(what: str, source: Source) -> str:
    words = {
        MISSING_HERE: _("Missing here"),
        MISSING_THERE: _("Missing at %(service)s") % {"service": source.get_service_display()},
        UNREAD: _("Could not be read"),
    }
    return words.get(what) or name_of_field(what)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
