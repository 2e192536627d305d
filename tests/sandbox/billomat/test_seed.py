"""The data an account starts with."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from arapp.sandbox.base import Clock
from arapp.sandbox.billomat import Billomat


def rows(standin, plural):
    return list(standin.tables[plural].rows.values())


def test_the_same_seed_gives_the_same_answers_and_another_one_others(full, desk):
    again = Billomat(invoices=200, clock=Clock(full.clock.now()), rate_limit=None)
    other = Billomat(invoices=200, clock=Clock(full.clock.now()), seed=8, rate_limit=None)
    for plural in ("clients", "invoices", "credit-notes", "invoice-payments", "invoice-comments"):
        seen = [standin.wire(row["id"], plural) for standin in (full, again) for row in rows(standin, plural)]
        assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]
    assert full.totals() == again.totals() != other.totals()
    assert full.credentials() == other.credentials()


def test_every_state_currency_and_price_basis_is_there(full):
    invoices = rows(full, "invoices")
    states = Counter(row["status"] for row in invoices)
    assert set(states) == {"DRAFT", "OPEN", "OVERDUE", "PAID", "CANCELED"}
    assert 15 <= states["DRAFT"] <= 40
    assert {row["currency_code"] for row in invoices} == {"EUR", "CHF", "USD"}
    assert {row["net_gross"] for row in invoices} == {"NET", "GROSS"}
    assert len(invoices) + len(rows(full, "credit-notes")) == 200
    assert len(rows(full, "credit-notes")) == 10
    assert len(rows(full, "clients")) == 34
    assert any(row["status"] == "PAID" and row["paid_amount"] < row["total_gross"] for row in invoices)
    assert any(not full.tables["invoice-items"].of("invoice_id", row["id"]) for row in invoices)


def test_payments_and_taxes_tie_out_on_every_document(full):
    for plural in ("invoices", "credit-notes"):
        table = full.tables[plural]
        for row in rows(full, plural):
            paid = sum((one["amount"] for one in table.payments.of(table.payments.key, row["id"])), Decimal(0))
            assert row["paid_amount"] == paid
            assert row["open_amount"] == (0 if row["status"] == "PAID" else row["total_gross"] - paid)
            assert row["total_net"] + sum(tax["amount"] for tax in row["taxes"].rows) == row["total_gross"]


def test_comments_tell_what_happened(full):
    for row in rows(full, "invoices"):
        keys = Counter(one["actionkey"] for one in full.tables["invoice-comments"].of("invoice_id", row["id"]))
        assert keys["CREATE"] == 1
        assert keys["STATUS"] == (row["status"] != "DRAFT")
        assert keys["CANCEL"] == (row["status"] == "CANCELED")
        assert keys["PAYMENT"] == len(full.tables["invoice-payments"].of("invoice_id", row["id"]))


def test_nothing_happened_before_fourteen_months_or_later_than_now(full):
    for row in rows(full, "invoices"):
        assert full.now() - timedelta(days=427) <= row["created"] <= row["updated"] <= full.now()


def test_ugly_names_and_clients_without_mail_are_among_them(full):
    names = [row["name"] for row in rows(full, "clients")]
    assert any(len(name) == 200 for name in names)
    assert any("<script>" in name for name in names)
    assert any(name.startswith("=") for name in names)
    assert any("\u202e" in name for name in names)
    assert any(row["archived"] for row in rows(full, "clients"))
    assert any(not row["email"] for row in rows(full, "clients"))


def test_totals_are_what_the_lists_add_up_to(full, desk):
    found: dict = {}
    for kind, plural, singular in (
        ("invoice", "invoices", "invoice"),
        ("credit_note", "credit-notes", "credit-note"),
    ):
        for row in desk.get(f"/{plural}?per_page=1000").json()[plural][singular]:
            sums = found.setdefault((kind, row["currency_code"]), {"count": 0, "gross": 0, "open": 0})
            sums["count"] += 1
            sums["gross"] += Decimal(row["total_gross"])
            sums["open"] += Decimal(row["open_amount"])
    assert found == full.totals()
