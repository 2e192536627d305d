"""The seeded workspace: drawn from a seed and a number of invoices, dated back from a given day."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from . import invented
from .records import (
    APPROVED,
    FAILED,
    FINISHED,
    PAYMENT_TYPES,
    PROCESSING,
    REJECTED,
    WAITING,
    Card,
    Company,
    Entry,
    Invoice,
    WorkspaceUser,
    label,
)

DAYS = 426
"""Fourteen months."""
SHARES = ((WAITING, 0.15), (PROCESSING, 0.03), (REJECTED, 0.08), (FAILED, 0.02))
"""The rest is approved."""
NOT_A_UUID = "a1b2c3d4-e5f6g7h8-i9j0k1l2m3"
"""As in the published example."""
CENT = Decimal("0.01")
PROFILES = invented.COUNTRIES | {"JP": invented.JAPAN}


@dataclass
class Drawn:
    users: list[WorkspaceUser]
    companies: list[Company]
    cards: list[Card]
    invoices: list[Invoice]


def uid(random: Random) -> str:
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


def draw(random: Random, count: int, today: datetime) -> Drawn:
    users = [_user(random, number) for number in range(len(invented.USERS))]
    start = today - timedelta(days=DAYS + 30)
    companies = [_company(random, number, start) for number in range(max(12, -(-count // 6)) if count else 0)]
    cards = [_card(random, number, start) for number in range(5)]
    categories = [{"uid": uid(random), "name": name} for name in invented.CATEGORIES]
    invoices = []
    states = _states(random, count)
    for serial, at in enumerate(_moments(random, count, today)):
        invoice = Invoice(uid(random), label(serial), serial + 1, at, owner=random.choice(users))
        _live(random, invoice, states[serial], today, users)
        if invoice.processing_status == FINISHED:
            _fill_in(random, invoice, companies, cards)
            invoice.category = random.choice([None, *categories])
        invoices.append(invoice)
    return Drawn(users, companies, cards, invoices)


def extract(invoice: Invoice, companies: list[Company], cards: list[Card]) -> None:
    """Give an invoice the values that reading its document brought; the same document brings the same."""
    document = invoice.document
    random = Random(hashlib.sha256(document.content if document else invoice.uid.encode()).hexdigest())
    _fill_in(random, invoice, companies, cards)
    if document:
        stem = document.name.rpartition(".")[0] or document.name
        invoice.invoice_number = stem[:60] if any(letter.isdigit() for letter in stem) else ""


def itemise(invoice: Invoice) -> None:
    """One item and one VAT category that add up to the invoice's own totals."""
    gross, vat = invoice.total_price or Decimal(), invoice.total_vat or Decimal()
    net = gross - vat
    rate = f"{_rounded(100 * vat / net):.2f}" if net else "0.00"
    invoice.items = [_item("Services", "", Decimal(1), net, rate, net)]
    invoice.vat_categories = [{"rate": rate, "net": f"{net:.2f}", "amount": f"{vat:.2f}"}]


def _states(random: Random, count: int) -> list[str]:
    """A state per invoice, oldest first; what is undecided lies in the newer half."""
    states = [APPROVED] * count
    for state, share in SHARES:
        recent = state in (WAITING, PROCESSING)
        free = [at for at in range(count // 2 if recent else 0, count) if states[at] == APPROVED]
        for at in random.sample(free, min(len(free), max(round(count * share), int(count >= 12)))):
            states[at] = state
    return states


def _moments(random: Random, count: int, today: datetime) -> list[datetime]:
    """Ascending; now and then a whole second, whose fraction the service leaves out."""
    seconds = sorted(random.randrange(DAYS * 86400) for _ in range(count))
    micros = [0 if number % 9 == 4 else random.randrange(1, 10**6) for number in range(count)]
    start = today - timedelta(days=DAYS)
    return [start + timedelta(seconds=s, microseconds=m) for s, m in zip(seconds, micros, strict=True)]


def _live(random: Random, invoice: Invoice, state: str, today: datetime, users: list[WorkspaceUser]) -> None:
    """The invoice's states and its history so far."""
    at = invoice.created_at
    invoice.history = [Entry("created", at, invoice.owner)]
    invoice.processing_status = state if state in (PROCESSING, FAILED) else FINISHED
    invoice.stuck = state == PROCESSING
    if state == PROCESSING:
        return
    at += timedelta(seconds=random.randrange(20, 90))
    invoice.history.append(Entry("failed" if state == FAILED else "processed", at))
    if state in (APPROVED, REJECTED):
        at = min(today, at + timedelta(hours=random.randrange(1, 200)))
        invoice.approvement_status = state
        invoice.history.append(Entry(state, at, random.choice(users[:2])))


def _fill_in(random: Random, invoice: Invoice, companies: list[Company], cards: list[Card]) -> None:
    company = random.choice(companies) if companies else None
    country = company.country if company and company.country in PROFILES else "DE"
    invoice.company, invoice.country = company, country
    invoice.language, invoice.currency = PROFILES[country][:2]
    invoice.invoice_date = (invoice.created_at - timedelta(days=random.randrange(11))).date()
    invoice.invoice_number = _number(random, invoice)
    invoice.payment_type = random.choice(PAYMENT_TYPES)
    invoice.card = random.choice(cards) if cards and invoice.payment_type == "credit_card" else None
    _price(random, invoice, PROFILES[country][3])


def _number(random: Random, invoice: Invoice) -> str | None:
    year, number = invoice.created_at.year, random.randrange(1, 100_000)
    ways = (f"RE-{year}-{number:04}", f"A-{number}", f"{year}/{number:05}", f"INV{invoice.serial:06}")
    return random.choices((*ways, "", None), weights=(8, 8, 8, 8, 1, 1))[0]


def _price(random: Random, invoice: Invoice, rates: tuple[str, ...]) -> None:
    """Items, and the VAT and totals that follow from them: unit prices and item totals are net."""
    quantum = Decimal(1) if invoice.currency == "JPY" else CENT
    nets: dict[str, Decimal] = {}
    invoice.items = []
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        quantity = Decimal(random.choice(("1", "1", "2", "3", "12", "0.5", "2.25")))
        unit = _unit_price(random, invoice.currency or "EUR")
        total, rate = _rounded(quantity * unit, quantum), random.choice(rates)
        invoice.items.append(_item(*random.choice(invented.ITEMS), quantity, unit, rate, total))
        nets[rate] = nets.get(rate, Decimal()) + total
    vats = {rate: _rounded(net * Decimal(rate) / 100, quantum) for rate, net in nets.items()}
    invoice.vat_categories = [
        {"rate": rate, "net": f"{net:.2f}", "amount": f"{vats[rate]:.2f}"} for rate, net in nets.items()
    ]
    invoice.total_vat = sum(vats.values(), Decimal()).quantize(CENT)
    invoice.total_price = (sum(nets.values(), Decimal()) + invoice.total_vat).quantize(CENT)


def _unit_price(random: Random, currency: str) -> Decimal:
    cents = random.randrange(150, 10 ** random.choice((4, 5, 5, 6)))
    if currency == "JPY":
        return Decimal(cents)
    return Decimal(cents * (30 if currency == "TRY" else 1)) / 100


def _item(
    title: str, description: str, quantity: Decimal, unit: Decimal, rate: str, total: Decimal
) -> dict[str, str]:
    return {
        "title": title,
        "description": description,
        "quantity": f"{quantity:.2f}",
        "unit_price": f"{unit:.2f}",
        "vat_rate": rate,
        "total": f"{total:.2f}",
    }


def _rounded(value: Decimal, quantum: Decimal = CENT) -> Decimal:
    return value.quantize(quantum, ROUND_HALF_UP)


def _user(random: Random, number: int) -> WorkspaceUser:
    first, last, role = invented.USERS[number]
    mail = f"{('kim', 'ayse', 'noa', 'etienne')[number]}@example.org"
    user_uid = NOT_A_UUID if number == 2 else uid(random)
    return WorkspaceUser(uid(random), user_uid, mail, first, last, role)


def _company(random: Random, number: int, start: datetime) -> Company:
    name, country = _name(random, number)
    phone, towns = PROFILES[country][2], PROFILES[country][4]
    at = (start + timedelta(minutes=number, microseconds=random.randrange(10**6))).astimezone(UTC)
    return Company(
        uid(random),
        label(number),
        name,
        at,
        at,
        address=f"{random.choice(invented.STREETS)} {number + 1}, {random.choice(towns)}",
        tax_number=random.choice(("", f"{country}{random.randrange(10**8, 10**9)}")),
        tax_office=f"{random.choice(towns)} VD" if country == "TR" else "",
        phone=random.choice(("", f"{phone}{random.randrange(100):02}")),
        country=country,
    )


def _name(random: Random, number: int) -> tuple[str, str]:
    if number % 4 == 1 and number // 4 < len(invented.UGLY):
        return invented.UGLY[number // 4]
    country = "JP" if number % 40 == 11 else random.choice([*invented.COUNTRIES, *["TR"] * 2])
    words = f"{invented.FIRST[number % 16]} {invented.SECOND[number // 16 % 15]}"
    counted = f" {number // 240 + 1}" if number >= 240 else ""
    return f"{words}{counted} {invented.FORMS[country]}", country


def _card(random: Random, number: int, start: datetime) -> Card:
    first, last = f"{random.choice((4000, 5100, 5400)) + number}", f"{random.randrange(10_000):04}"
    return Card(uid(random), label(number), (start + timedelta(hours=number)).astimezone(UTC), first, last)
