"""The main pages at three widths, light and dark, in ``screenshots/`` for somebody to look at; nothing sticks out."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.lists.days import today
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, InvoiceRecord, MovementRecord
from arapp.upstreams.models import Connection, Worker
from tests.browser.conftest import Desk
from tests.browser.pages import ARABIC, HUGE, view
from tests.conftest import NOW, invoice_record, make_source, make_user

pytestmark = pytest.mark.browser

FOLDER = Path(settings.BASE_DIR) / "screenshots"
WIDTHS = {390: 844, 1280: 900, 1440: 900}
NAMES = ("Muster AG", "Bäckerei Nöth & Söhne", HUGE, ARABIC, "Nordanvind Te AB", "O’Brien <Ltd>", "株式会社サンプル")
CURRENCIES = ("EUR", "SEK", "JPY", "USD")
STATES = (
    ("draft", "DRAFT", "waiting"),
    ("open", "OPEN", "approved"),
    ("draft", "DRAFT", "rejected"),
    ("open", "OVERDUE", "approved"),
    ("paid", "PAID", "approved"),
)
PAGES = {
    "dashboard": "/",
    "invoices": "/invoices/?view=all",
    "panel": "/invoices/?view=all&show={invoice}",
    "invoice": "/invoices/{invoice}/",
    "customers": "/customers/",
    "customer": "/customers/{customer}/",
    "decisions": "/decisions/",
    "payments": "/payments/",
    "search": "/search/?q=RE10",
    "sources": "/sources/",
    "help": "/help/",
    "preferences": "/preferences/",
}


def records() -> Iterator[InvoiceRecord]:
    """Sixty documents in four currencies, due from five months ago until next month, some negative, some paid."""
    for number, name, currency in zip(range(60), itertools.cycle(NAMES), itertools.cycle(CURRENCIES), strict=False):
        state, word, decision = STATES[number % len(STATES)]
        gross = Money((-1) ** (number % 9 == 8) * (1190 + 7919 * number**2), currency)
        paid = MovementRecord(external_id="p", kind="payment", amount=gross, date=today() - timedelta(number % 7))
        yield invoice_record(
            f"{1000 + number}",
            state=state,
            service_state=word,
            service_decision=decision,
            kind="credit_note" if gross.minor < 0 else "invoice",
            currency=currency,
            gross=gross.plain(),
            net=gross.plain(),
            vat="0",
            open="0" if state == "paid" else gross.plain(),
            due_date=today() - timedelta(150 - 3 * number),
            created_at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=number),
            customer=CustomerRecord(external_id=f"c{number % 7}", name=name),
            title=name if number % 3 else "",
            movements=(paid,) if state == "paid" else (),
        )


@pytest.fixture
def person(transactional_db: None, settings: Any) -> User:
    return make_user("anna", role="administrator", first_name="Anna", last_name="Berg")


@pytest.fixture
def sixty(person: User) -> Source:
    Worker.objects.create(name="w")
    source, other = make_source("Main account"), make_source("Nordic", "billogram")
    Connection.objects.update(read_at=timezone.now())
    made = list(records())
    mirror.write_invoices(source, made[:45], NOW)
    mirror.write_invoices(other, made[45:], NOW)
    Approval.objects.catch_up()
    for one in Invoice.objects.filter(approval__state="waiting", source=source)[:4]:
        one.approval.approve(make_user(), one.digest)
    Intent.objects.filter(pk=Intent.objects.earliest("pk").pk).update(
        state="refused", error="The template is missing."
    )
    Item.objects.create(source=source, external_id="i", name=HUGE, brief=False)
    view(person)
    return source


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_main_pages_are_there_to_look_at(desk: Desk, person: User, sixty: Source, theme: str) -> None:
    about = {"invoice": Invoice.objects.get(number="RE1003").pk, "customer": Customer.objects.first().pk}
    page, wide, files = desk.signed_in(person, color_scheme=theme), [], []
    for name, path in PAGES.items():
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(path.format(**about))
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            files.append(FOLDER / f"{name}-{width}-{theme}.png")
            page.screenshot(path=files[-1])
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(files[-1].name)
    assert wide == []
    assert all(file.stat().st_size > 5_000 for file in files)
