"""One timeline of an invoice: service events, decisions, pushes, movements, notes and changes, newest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from arapp.approvals.models import Decision, Origin
from arapp.kept.models import KeptComment
from arapp.lists.days import end_of
from arapp.outbox.models import Intent
from arapp.receivables.folded import parts_of
from arapp.receivables.models import Event, Invoice, Movement, Snapshot
from arapp.receivables.money import Money
from arapp.receivables.substance import Difference, differences
from arapp.web.acts import act_words, details_of, is_kept
from arapp.web.conflict import changes_before
from arapp.web.held import Held
from arapp.web.said import event_said, said
from arapp.web.shown import chosen, day_text, exact_html, percent, spoken
from arapp.web.standing import words_of

NEVER = datetime.min.replace(tzinfo=UTC)
AMOUNTS = ("net", "vat", "gross")
Changes = Sequence[tuple[str, str, str]]
"""Field by field in words: name, old, new."""


@dataclass(frozen=True)
class Entry:
    at: datetime | None
    title: str
    css: str
    who: str = ""
    text: str = ""
    changes: Changes = ()
    standing: str = ""
    details: Sequence[tuple[str, str]] = ()
    """What a service was told, field by field: name and value."""
    day: date | None = None
    """Of what has a day alone; ``at`` is then where it stands among the others."""
    amount: Money | None = None
    id: str = ""
    """Of an entry that can go away by itself."""


def timeline(invoice: Invoice, snapshots: Sequence[Snapshot], held: Held, files: Mapping[str, str]) -> list[Entry]:
    """Newest first; what has no date comes last. ``snapshots`` are newest first; ``files`` as in ``details_of``."""
    changes = list(_changes(invoice, snapshots))
    told = [change.changes for change in changes]
    intents = [intent for intent in invoice.intents.all() if not _is_note(intent, invoice)]
    entries = [
        *(_push(intent, invoice, snapshots, held, told) for intent in intents if intent.decides),
        *(_act(intent, invoice, held, files) for intent in intents if not intent.decides),
        *(_decision(decision, invoice) for decision in invoice.approval.decisions.all()),
        *changes,
        *(_event(event, invoice.source.service) for event in invoice.events.all()),
        *_movements(invoice),
        *map(note_entry, invoice.kept_comments.all()),
    ]
    return sorted(entries, key=lambda entry: entry.at or NEVER, reverse=True)


def _is_note(intent: Intent, invoice: Invoice) -> bool:
    """Whether it kept a note at the desk: that has an entry of its own."""
    return intent.kind == "invoice.comment" and is_kept(intent, invoice.source)


def note_entry(comment: KeptComment) -> Entry:
    """A note that never leaves the desk."""
    who = str(comment.person) if comment.person_id else ""
    return Entry(comment.at, _("Note at the desk"), "noted", who, comment.text, id=f"note-{comment.pk}-happened")


def _movements(invoice: Invoice) -> Iterator[Entry]:
    """Each of a day alone: it stands at its end, above what happened then. What an event says is not said again."""
    told = {event.text for event in invoice.events.all()}
    for row in parts_of(invoice, "movements"):
        text = "" if row.text in told else event_said(row.text, invoice.source.service)
        yield Entry(end_of(row.date), spoken_movement(row), "moved", text=text, day=row.date, amount=row.money())


def spoken_movement(row: Movement) -> str:
    """“Payment · Bank transfer”."""
    kind = str(row.get_kind_display())
    return f"{kind} · {chosen(row.method)}" if row.method else kind


def _event(event: Event, service: str) -> Entry:
    return Entry(event.at, spoken(event.kind), "event", event.person, event_said(event.text, service))


def _decision(decision: Decision, invoice: Invoice) -> Entry:
    service = invoice.source.get_service_display()
    who = {
        Origin.SERVICE: _("observed at %(service)s"),
        Origin.IMPORTED: _("imported; decided at %(service)s before it was connected"),
        Origin.SYSTEM: _("by the desk itself"),
    }.get(decision.origin, "") % {"service": service}
    return Entry(
        decision.at,
        decision.get_action_display(),
        f"decision s-{decision.to_state}",
        _who(decision) if decision.person else who,
        decision.note if decision.person else said(decision.note),
    )


def _who(decision: Decision) -> str:
    """The person, and that no second one was asked for where they had prepared it themselves."""
    who = {"who": decision.person}
    return _("%(who)s, without a second person") % who if decision.alone else str(decision.person)


def _push(
    intent: Intent, invoice: Invoice, snapshots: Sequence[Snapshot], held: Held, told: Sequence[Changes]
) -> Entry:
    """``told`` are the changes that have an entry of their own; they are not shown a second time."""
    at = intent.settled_at or intent.written_at or intent.claimed_at or intent.created_at
    changes = shown_changes(changes_before(intent, snapshots), invoice.currency)
    return Entry(
        at,
        words_of(intent, invoice.source, held),
        f"push p-{intent.state}",
        str(intent.settled_by) if intent.settled_by_id else "",
        said(intent.error) if intent.settled_by_id else "",
        changes=() if changes in told else changes,
    )


def _act(intent: Intent, invoice: Invoice, held: Held, files: Mapping[str, str]) -> Entry:
    """Who wanted it at the moment it was asked for, and where it stands; who settled it by hand is named there."""
    standing = words_of(intent, invoice.source, held)
    if intent.settled_by_id:
        standing = f"{standing} · {intent.settled_by}"
    return Entry(
        intent.settled_at or intent.written_at or intent.created_at,
        act_words(intent, invoice.currency),
        f"push p-{intent.state}",
        str(intent.person) if intent.person_id else "",
        standing=standing,
        details=details_of(intent, invoice.source, invoice.currency, files),
    )


def _changes(invoice: Invoice, snapshots: Sequence[Snapshot]) -> Iterator[Entry]:
    """One entry for each change of substance; the first content has none before it."""
    title = _("Changed at %(service)s") % {"service": invoice.source.get_service_display()}
    for new, old in pairwise(snapshots):
        changes = shown_changes(differences(old.fields, new.fields), invoice.currency)
        if changes and old.digest:
            yield Entry(new.first_seen_at, title, "change", changes=changes)


def shown_changes(changes: Iterable[Difference], currency: str) -> list[tuple[str, str, str]]:
    """Field by field in words: name, old, new. ``currency`` is the present one."""
    changes = list(changes)
    before = next((change.old for change in changes if change.field == "currency"), currency)
    return [
        (
            name_of_field(change.field),
            _value(change.field, change.old, before),
            _value(change.field, change.new, currency),
        )
        for change in changes
    ]


def name_of_field(field: str) -> str:
    """A field of an invoice in words, a line of it by its number."""
    names = {
        "customer": _("Customer"),
        "issue_date": _("Issued"),
        "due_date": _("Due"),
        "supply_date": _("Supplied"),
        "currency": _("Currency"),
        "net": _("Net"),
        "vat": _("VAT"),
        "gross": _("Gross"),
        "open": _("Open"),
        "state": _("State"),
        "number": _("Number"),
        "service_decision": _("Decision"),
        "name": _("Name"),
        "email": _("E-mail"),
        "org_no": _("Organisation or tax number"),
    }
    number = field.removeprefix("line ")
    return names.get(field) or (_("Line %(n)s") % {"n": number} if number != field else field.replace("_", " "))


def _value(field: str, value: Any, currency: str) -> str:
    if value in (None, ""):
        return "–"
    if field in AMOUNTS and isinstance(value, int) and currency:
        return str(Money(value, currency))
    if isinstance(value, dict):
        return _line(value)
    return day_text(value) if isinstance(value, str) and field.endswith("_date") else str(value)


def _line(line: dict[str, Any]) -> str:
    """“Consulting, 2 hour at 50, 19 %”."""
    quantity = exact_html(str(line["quantity"])) if line.get("quantity") else ""
    amount = " ".join(part for part in (quantity, line.get("unit")) if part)
    price = _("at %(price)s") % {"price": exact_html(str(line["unit_price"]))} if line.get("unit_price") else ""
    parts = [line.get("title"), line.get("description"), f"{amount} {price}".strip()]
    parts += [percent(line["vat_rate"])] if line.get("vat_rate") else []
    return ", ".join(part for part in [*parts, line.get("discount")] if part)
