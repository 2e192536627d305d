"""The seeded workspace."""

import uuid
from collections import Counter
from decimal import Decimal

import pytest


def not_a_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return True
    return False


def test_the_same_seed_gives_the_same_workspace(make, connect):
    def everything(standin) -> list[str]:
        client = connect(standin)
        uid = client.get("/invoices/").json()["results"][3]["uid"]
        upload = client.post("/invoices/", files={"file": ("a7.pdf", b"x")}).text
        return [client.get(path).text for path in ("/invoices/", f"/invoices/{uid}", "/companies/")] + [upload]

    assert everything(make()) == everything(make())
    assert everything(make(seed=8)) != everything(make())
    assert make().credentials() == make().credentials()


def test_amounts_and_uids_do_not_hang_on_the_clock(make):
    now, later = make(), make()
    later.clock.move(days=40)
    later.fill()
    assert list(now.by_uid) == list(later.by_uid)
    assert now.totals() == later.totals()


def test_two_hundred_are_made_by_default_in_every_state(make):
    standin = make(invoices=200)
    states = Counter((invoice.processing_status, invoice.approvement_status) for invoice in standin.by_uid.values())
    assert states == {
        ("finished", "approved"): 144, ("finished", "waiting"): 30, ("finished", "rejected"): 16,
        ("processing", "waiting"): 6, ("failed", "waiting"): 4,
    }  # fmt: skip
    invoices = standin.by_uid.values()
    assert {invoice.currency for invoice in invoices} == {"EUR", "TRY", "USD", "CHF", "GBP", "JPY", None}
    assert {invoice.payment_type for invoice in invoices} == {"credit_card", "cash", "bank_transfer", None}
    assert {bool(invoice.category) for invoice in invoices} == {True, False}
    assert max(len(company.name) for company in standin.companies.values()) == 200
    names = "".join(company.name[0] for company in standin.companies.values())
    assert all(start in names for start in '="<+')
    assert sum(not_a_uuid(user.user_uid) for user in standin.users) == 1
    assert len(standin.users) == 4
    days = (standin.newest_first()[0].created_at - standin.newest_first()[-1].created_at).days
    assert 400 < days <= 426


@pytest.mark.parametrize("number", [16, 200])
def test_items_vat_and_totals_agree(make, number):
    standin = make(invoices=number)
    standin.add_invoice(total_price="77.77", total_vat="7.07")
    for invoice in standin.by_uid.values():
        if invoice.processing_status != "finished":
            assert (invoice.total_price, invoice.currency, invoice.company) == (None, None, None)
            continue
        assert sum(Decimal(part["amount"]) for part in invoice.vat_categories) == invoice.total_vat
        net = sum(Decimal(item["total"]) for item in invoice.items)
        assert net == sum(Decimal(part["net"]) for part in invoice.vat_categories)
        assert net + invoice.total_vat == invoice.total_price
        if invoice.currency == "JPY":
            assert invoice.total_price == int(invoice.total_price)


def test_labels_and_uids_are_never_given_twice(make):
    standin = make(invoices=20_000)
    assert len({invoice.hf_id for invoice in standin.by_uid.values()}) == 20_000


def test_totals_add_up_what_the_service_lists(make, connect):
    standin = make(invoices=40)
    rows = connect(standin).get("/invoices/?page_size=100").json()["results"]
    for (kind, currency), of in standin.totals().items():
        mine = [row for row in rows if row["currency"] == currency]
        unpaid = [row for row in mine if row["approvement_status"] in ("waiting", "approved")]
        assert kind == "invoice"
        assert of["count"] == len(mine)
        assert of["gross"] == sum(Decimal(row["total_price"]) for row in mine)
        assert of["open"] == sum(Decimal(row["total_price"]) for row in unpaid)


def test_a_walk_through_many_pages_meets_every_invoice(make, connect):
    standin = make(invoices=5_000)
    client = connect(standin)
    seen = {row["uid"] for page in range(1, 51) for row in page_of(client, page)}
    assert len(seen) == 5_000


def page_of(client, page: int) -> list[dict]:
    return client.get("/invoices/", params={"page": page, "page_size": 100}).json()["results"]
