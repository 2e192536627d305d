"""The parts of an invoice whose inner fields the reference leaves open: items, VAT categories, history (5.2).

Read by the names they may have; what is not understood is left out here and stays in the payload.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from arapp.receivables.money import AmountError, Money, exact_decimal, exponent
from arapp.receivables.records import (
    APPROVED,
    REJECTED,
    WAITING,
    EventRecord,
    LineRecord,
    Unreadable,
    VatRecord,
    mapping,
    read_moment,
    text,
)

MOST_DECIMALS = 12
LARGEST_RATE = 1000
MOMENTS = ("created_at", "date", "timestamp", "at", "time", "created")
KINDS = ("action", "event", "type", "status")
CHANGED = frozenset({"updated", "update", "changed", "change", "edited", "edit", "corrected", "correction"})
PEOPLE = ("user", "workspace_user", "actor", "by", "created_by")
BOOKKEEPING = re.compile(r"(.*_)?(uid|id|pk|position|order|index|at|display|permissions)")
DECIDED = {"approve": APPROVED, "approved": APPROVED, "reject": REJECTED, "rejected": REJECTED}
TAKEN_BACK = frozenset(["remove", "removed", "removal", "revoke", "revoked", "cancel", "cancelled"])
NOT_DONE = frozenset(["not", "failed", "requested", "request"])


class Part:
    """One object with unknown names in it; what has been taken out of it is no longer left."""

    def __init__(self, entry: Any) -> None:
        self._left = dict(entry) if isinstance(entry, Mapping) else {"title": entry}

    def words(self, *names: str) -> str:
        """The first text under one of the names, or the name of the object there; "" for none."""
        for name in names:
            value = self._left.get(name)
            found = named(value) if isinstance(value, Mapping) else plain(value)
            if found:
                del self._left[name]
                return found
        return ""

    def number(self, *names: str) -> Decimal | None:
        """The first exact number under one of the names."""
        return self._first(_number, names)

    def percent(self, *names: str) -> Decimal | None:
        """The first percentage under one of the names, with or without its sign."""
        return self._first(_percent, names)

    def _first(self, read: Callable[[Any], Decimal | None], names: Iterable[str]) -> Decimal | None:
        for name in names:
            found = read(self._left.get(name))
            if found is not None:
                del self._left[name]
                return found
        return None

    def rest(self) -> str:
        """The texts and numbers that are left, by name, so that no change in them goes unseen."""
        left = {name: plain(value) for name, value in self._left.items() if not isinstance(value, bool)}
        shown = sorted((text(name), said) for name, said in left.items() if said)
        return "\n".join(f"{name}: {said}" for name, said in shown if not BOOKKEEPING.fullmatch(name))


def plain(value: Any) -> str:
    """A text or a number of a sensible size as text; "" for anything else."""
    if isinstance(value, Decimal):
        return text(value) if _number(value) is not None else str(value)
    return text(value).strip()


def named(value: Any) -> str:
    """What an object is called; "" when it does not say."""
    return next((found for key in ("name", "title") if (found := plain(mapping(value).get(key)))), "")


def _number(value: Any) -> Decimal | None:
    try:
        found = exact_decimal(value)
    except AmountError:
        return None
    return found if int(found.as_tuple().exponent) >= -MOST_DECIMALS else None


def _percent(value: Any) -> Decimal | None:
    found = _number(value.rstrip("% ") if isinstance(value, str) else value)
    return None if found is None or abs(found) >= LARGEST_RATE else found


def lines(items: Any, net: Money | None, gross: Money | None) -> tuple[LineRecord, ...] | None:
    """The lines; None when the service tells nothing about them."""
    if not isinstance(items, list):
        return None
    read = [_line(position, Part(item)) for position, item in enumerate(items, 1)]
    return _with_totals(read, net, gross)


@dataclass(frozen=True)
class _Line:
    line: LineRecord
    total: Decimal | None
    """The item's total where it does not say whether VAT is in it."""


def _line(position: int, part: Part) -> _Line:
    title = part.words("title", "name", "product", "product_name")
    description = part.words("description")
    line = LineRecord(
        position=position,
        title=title or description,
        quantity=part.number("quantity", "count", "qty"),
        unit=part.words("unit", "unit_name"),
        unit_price=part.number("unit_price", "price"),
        vat_rate=part.percent("vat_rate", "tax_rate", "vat_percentage"),
        discount=part.words("discount"),
        net=part.number("net", "total_net", "net_total"),
        gross=part.number("gross", "total_gross", "gross_total"),
    )
    total = part.number("total", "total_price")
    said = (description if title else "", part.rest())
    return _Line(replace(line, description="\n".join(filter(None, said))), total)


def _with_totals(read: list[_Line], net: Money | None, gross: Money | None) -> tuple[LineRecord, ...]:
    """The lines, with their totals as net or gross where the sum of all shows which of the two they are."""
    totals = [each.total for each in read if each.total is not None]
    fields = _meant(totals, net, gross) if len(totals) == len(read) else []
    return tuple(replace(each.line, **dict.fromkeys(fields, each.total)) for each in read)


def _meant(totals: list[Decimal], net: Money | None, gross: Money | None) -> list[str]:
    fits = [
        field
        for field, whole in (("net", net), ("gross", gross))
        if whole and abs(sum(totals) - whole.amount) <= len(totals) * Decimal(1).scaleb(-exponent(whole.currency))
    ]
    return fits if len(fits) < 2 or net == gross else []


def vat_rates(categories: Any) -> tuple[VatRecord, ...] | None:
    """VAT per rate; None when the service tells nothing about it."""
    if not isinstance(categories, list):
        return None
    read = [_vat(Part(entry)) for entry in categories if isinstance(entry, Mapping)]
    return tuple(vat for vat in read if (vat.rate, vat.net, vat.vat) != (None, None, None))


def _vat(part: Part) -> VatRecord:
    return VatRecord(
        rate=part.percent("rate", "vat_rate", "percentage", "tax_rate"),
        name=part.words("name", "title"),
        net=part.number("net", "total_net", "net_amount"),
        vat=part.number("total_vat", "vat_amount", "vat", "amount"),
    )


def events(history: Any) -> tuple[EventRecord, ...] | None:
    """What happened, as far as it has a moment; None when the service tells nothing about it."""
    if not isinstance(history, list):
        return None
    read = [_event(place, entry) for place, entry in enumerate(history, 1) if isinstance(entry, Mapping)]
    return tuple(event for event in read if event)


def _event(place: int, entry: Mapping[str, Any]) -> EventRecord | None:
    at = _moment(entry)
    if at is None:
        return None
    part = Part(entry)
    return EventRecord(
        external_id=part.words("uid", "id") or str(place),
        at=at,
        kind=part.words(*KINDS),
        text=part.words("message", "text", "description", "comment", "note"),
        person=next((found for key in PEOPLE if (found := person(entry.get(key)))), ""),
    )


def newest_change(history: Any) -> Mapping[str, Any] | None:
    """The entry of the last correction of a value, if the history has one."""
    entries = [one for one in history if isinstance(one, Mapping)] if isinstance(history, list) else []
    changes = [(at, one) for one in entries if (at := _moment(one)) and CHANGED & _words(Part(one).words(*KINDS))]
    return max(changes, key=lambda change: change[0])[1] if changes else None


def _words(kind: str) -> set[str]:
    return set(re.split(r"[^a-z]+", kind.casefold()))


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    for name in MOMENTS:
        try:
            found = read_moment(entry.get(name))
        except Unreadable:
            continue
        if found:
            return found
    return None


def person(value: Any) -> str:
    """The name of a user, of a workspace user (5.5), or the text that stands for one."""
    if not isinstance(value, Mapping):
        return plain(value)
    inner = value.get("user") if isinstance(value.get("user"), Mapping) else value
    both = " ".join(filter(None, (plain(inner.get("first_name")), plain(inner.get("last_name")))))
    return plain(inner.get("full_name")) or both or named(inner) or plain(inner.get("email"))


def decided_at(history: Iterable[EventRecord] | None, word: str) -> datetime | None:
    """When the decision that stands now was taken: the newest one in the history, if that is the one."""
    known = [(event.at, _decision(event.kind)) for event in history or ()]
    newest = max((entry for entry in known if entry[1]), default=None, key=lambda entry: (entry[0], entry[1] == word))
    return newest[0] if newest and newest[1] == word else None


def times_decided(history: Iterable[EventRecord] | None, word: str) -> int:
    """How many entries of the history led to this approvement status."""
    return sum(_decision(event.kind) == word for event in history or ())


def _decision(kind: str) -> str:
    """The approvement status that an entry of this kind led to; "" when it is no decision."""
    said = _words(kind)
    if said & NOT_DONE:
        return ""
    if said & TAKEN_BACK:
        return WAITING if said & {"approval", "approved", "rejection", "decision"} else ""
    found = {DECIDED[word] for word in said & DECIDED.keys()}
    return found.pop() if len(found) == 1 else ""
