"""What fields must be with each other, with the source and with what the action concerns.

One small check each, in one table; each yields pairs of a field's path and a sentence.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from arapp.actions import stakes, states
from arapp.actions.data.invoices import PAYMENT_METHODS
from arapp.actions.wishes import Subject
from arapp.kept.keeping import open_at_desk
from arapp.lists.days import today
from arapp.receivables.models import Customer, Invoice, Kind, MovementKind, PaperKind, Service, Source, State
from arapp.receivables.money import AmountError, Money, currency_code
from arapp.receivables.personal import is_organisation, is_personal

VAT_NO = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,13}", re.ASCII)
COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)
Problems = Iterator[tuple[str, str]]


@dataclass(frozen=True)
class Given:
    source: Source
    subject: Subject
    data: Mapping[str, Any]


def problems(action: str, source: Source, subject: Subject, data: Mapping[str, Any]) -> dict[str, str]:
    """A sentence by path for everything that does not fit together; the first one for each path."""
    given = Given(source, subject, data)
    found: dict[str, str] = {}
    for check in RULES.get(action, ()):
        for path, sentence in check(given):
            found.setdefault(path, sentence)
    return found


def _something(given: Given) -> Problems:
    if not given.data:
        yield "", _("There is nothing in it to change.")


def _org_no(given: Given) -> Problems:
    number, known = given.data.get("org_no"), given.subject
    if not number or given.source.service != Service.BILLOGRAM:
        return
    kind = given.data.get("kind") or (known.kind if isinstance(known, Customer) else "") or "business"
    if kind == "business" and not is_organisation(number):
        yield (
            "org_no",
            _("This is not a Swedish organisation number: ten digits, the last of which checks the others."),
        )
    if kind == "individual" and not is_personal(number):
        yield "org_no", _("This is not a Swedish personal number: a day of birth and four digits, the last a check.")


def _vat_no(given: Given) -> Problems:
    number = given.data.get("vat_no", "")
    if number and not VAT_NO.fullmatch(re.sub(r"[ .-]", "", number).upper()):
        yield "vat_no", _("A VAT number begins with two letters for the country, such as SE556677889901.")


def _countries(given: Given) -> Problems:
    if given.source.service == Service.BILLOVER:
        return
    for group in ("address", "delivery_address"):
        place = given.data.get(group)
        country = place.get("country", "") if isinstance(place, Mapping) else ""
        if country and not COUNTRY.fullmatch(country):
            yield f"{group}.country", _("A country is written with two letters, such as SE or DE.")


def _currency(given: Given) -> Problems:
    try:
        if "currency" in given.data:
            currency_code(given.data["currency"])
    except AmountError as error:
        yield "currency", str(error)


def _dates(given: Given) -> Problems:
    due, known = given.data.get("due_date"), given.subject
    if due and given.data.get("due_days") not in (None, ""):
        yield "due_days", _("Give the due date or the days to pay, not both.")
    own = known.issue_date if isinstance(known, Invoice) else None
    issued = given.data.get("issue_date") or (own or today()).isoformat()
    if due and due < issued:
        yield "due_date", _("This is before the invoice date %(date)s.") % {"date": issued}


def _supply(given: Given) -> Problems:
    kind, supplied = given.data.get("supply_date_type", ""), given.data.get("supply_date", "")
    if supplied and kind.endswith("_date") and not _is_day(supplied):
        yield "supply_date", _("This must be a day written as YYYY-MM-DD.")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _lines(given: Given) -> Problems:
    if given.data.get("lines") == []:
        yield "lines", _("An invoice needs at least one line.")
    for n, line in enumerate(given.data.get("lines", ())):
        if not line.get("item"):
            missing = [name for name in ("title", "unit_price", "vat_rate") if not line.get(name)]
            yield from ((f"lines.{n}.{name}", _("This is needed where no item is named.")) for name in missing)
        if Decimal(line["quantity"]) == 0:
            yield f"lines.{n}.quantity", _("The quantity may not be zero.")


def _adds_up(given: Given) -> Problems:
    if not stakes.SUMMED & given.data.keys():
        return
    problem = stakes.why_no_sum(given.source, given.subject, given.data)
    if problem:
        yield problem.path, str(problem)


def _payment_types(given: Given) -> Problems:
    for n, word in enumerate(given.data.get("payment_types", ())):
        if word not in PAYMENT_METHODS:
            yield f"payment_types.{n}", _("This must be one of: %(words)s.") % {"words": ", ".join(PAYMENT_METHODS)}


def _sending(given: Given) -> Problems:
    if given.data.get("method") and not given.data.get("send"):
        yield "method", _("This is for an invoice that is sent at once.")
    if given.data.get("send") and not (given.data.get("method") or given.source.delivery_method):
        yield "method", _("Say how it is sent; this source has no way of its own.")
    gross = stakes.at_stake("invoice.create", given.source, None, given.data) if given.data.get("send") else None
    if gross and gross.minor < 0:
        yield "send", _("An invoice with a negative sum is not sent.")


def _vat_of_gross(given: Given) -> Problems:
    gross, vat = given.data.get("gross"), given.data.get("vat")
    if gross and vat and Decimal(vat) > Decimal(gross):
        yield "vat", _("The VAT cannot be more than the gross.")


def _of_mode(given: Given) -> Problems:
    """An amount goes with the mode "amount", lines go with the mode "items"."""
    for mode, field in (("amount", "amount"), ("items", "lines")):
        if given.data["mode"] == mode and not given.data.get(field):
            yield field, _("This is needed.")
        if given.data["mode"] != mode and given.data.get(field):
            yield field, _("This does not go with “%(mode)s”.") % {"mode": given.data["mode"]}


def _credited(given: Given) -> Problems:
    field = {"amount": "amount", "items": "lines"}.get(given.data["mode"], "")
    left = _creditable(given.subject)
    if left and left.minor <= 0 and given.data["mode"] != "remaining":
        yield "mode", _("It is credited already.")
        return
    if field and given.data.get(field) and left:
        amount = stakes.at_stake("invoice.credit", given.source, given.subject, given.data)
        if amount and left < amount:
            yield field, _("This is more than the %(left)s that can be credited.") % {"left": left}
    if given.data["mode"] == "full" and left and left < given.subject.money("gross"):
        yield "mode", _("Part of it is credited already; %(left)s can be credited.") % {"left": left}
    if given.data["mode"] == "remaining" and given.subject.open == 0:
        yield "mode", _("Nothing is left to credit.")


def _creditable(invoice: Invoice) -> Money | None:
    """The gross less what was credited before: by credit notes where the service has them, else within."""
    gross = invoice.money("gross")
    notes = Invoice.objects.filter(source=invoice.source, kind=Kind.CREDIT_NOTE, corrects=invoice.external_id)
    issued = notes.filter(gone_at=None, currency=invoice.currency).exclude(state__in=(State.DRAFT, State.CANCELLED))
    by_notes = sum(abs(note.gross or 0) for note in issued)
    credits = invoice.movements.filter(kind=MovementKind.CREDIT, currency=invoice.currency)
    inside = sum(credit.amount for credit in credits)
    return gross and gross - Money(max(by_notes, inside), gross.currency)


def _credited_lines(given: Given) -> Problems:
    if not given.data.get("lines"):
        return
    stored = {line.position: line for line in given.subject.lines.all()}
    for n, row in enumerate(given.data["lines"]):
        line, quantity = stored.get(row["position"]), Decimal(row["quantity"])
        if row["position"] in (earlier["position"] for earlier in given.data["lines"][:n]):
            yield f"lines.{n}.position", _("This line is named twice.")
        elif line is None:
            yield f"lines.{n}.position", _("The invoice has no such line.")
        elif quantity <= 0:
            yield f"lines.{n}.quantity", _("The quantity must be more than zero.")
        elif line.quantity and quantity > abs(Decimal(line.quantity)):
            yield f"lines.{n}.quantity", _("The line has %(quantity)s of it.") % {"quantity": line.quantity}


def _kept_amount(given: Given) -> Problems:
    if given.source.service != Service.BILLOVER or given.data.get("overpaid"):
        return
    left = open_at_desk(given.subject)
    if left and left < Money.parse(given.data["amount"], left.currency):
        yield "amount", _("This is more than the %(left)s that is open.") % {"left": left}


def _known_payment(given: Given) -> Problems:
    if stakes.payment_of(given.subject, given.data["payment"]) is None:
        yield "payment", _("The invoice has no such payment.")


def _known_reminder(given: Given) -> Problems:
    reminders = given.subject.papers.filter(kind=PaperKind.REMINDER, external_id=given.data["reminder"])
    if not reminders.exists():
        yield "reminder", _("The invoice has no such reminder.")


def _known_paper(given: Given) -> Problems:
    paper = given.data.get("paper")
    if paper and not given.subject.papers.filter(external_id=paper).exists():
        yield "paper", _("The invoice has no such document.")


def _respite(given: Given) -> Problems:
    if given.data["date"] <= states.late_after(given.subject).isoformat():
        yield "date", _("Respite ends in the future and after the due date.")


def _tags(given: Given) -> Problems:
    if not given.data.get("tags") and not given.data.get("remove"):
        yield "tags", _("Name a tag to add or to remove.")
    for n, name in enumerate(given.data.get("remove", ())):
        if name in given.data.get("tags", ()):
            yield f"remove.{n}", _("The same tag cannot be added and removed.")


_CUSTOMER = (_org_no, _vat_no, _countries, _currency)
_INVOICE = (_currency, _dates, _supply, _lines, _adds_up, _payment_types, _vat_of_gross)

RULES: Mapping[str, tuple[Callable[[Given], Problems], ...]] = {
    "customer.create": _CUSTOMER,
    "customer.update": (_something, *_CUSTOMER),
    "contact.create": (_something, _countries),
    "contact.update": (_countries,),
    "item.create": (_currency,),
    "item.update": (_something, _currency),
    "invoice.create": (*_INVOICE, _sending),
    "invoice.update": (_something, *_INVOICE),
    "invoice.upload": (_currency, _vat_of_gross),
    "payment.create": (_kept_amount,),
    "payment.delete": (_known_payment,),
    "invoice.credit": (_of_mode, _credited, _credited_lines),
    "invoice.credit_payment": (_of_mode,),
    "invoice.pdf": (_known_paper,),
    "invoice.respite": (_respite,),
    "invoice.tag": (_tags,),
    "reminder.email": (_known_reminder,),
    "reminder.cancel": (_known_reminder,),
}
