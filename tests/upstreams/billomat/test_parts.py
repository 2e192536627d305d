from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from arapp.receivables.money import Money
from arapp.receivables.records import (
    INVOICE,
    InvoiceRecord,
    NamedRecord,
)
from arapp.upstreams.billomat import mapping
from arapp.upstreams.billomat.parts import Parts, whole
from arapp.upstreams.billomat.sums import own_gross
from tests.upstreams.billomat.samples import only, rows

MERLE = NamedRecord(external_id="3", name="Merle Osterkamp", email="merle@example.org")
TAREK = NamedRecord(external_id="4", name="Tarek Blomquist", email="tarek@example.org")
USERS = {"3": MERLE, "4": TAREK}


def invoice(name: str) -> InvoiceRecord:
    return mapping.document(INVOICE, only(f"invoice-{name}"))


def detailed(name: str, **parts: object) -> InvoiceRecord:
    return whole(INVOICE, only(f"invoice-{name}"), Parts(users=USERS, **parts))


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def test_a_line_is_read_with_its_article():
    found = detailed(
        "open",
        items=rows("invoice-items-one"),
        articles={"5": NamedRecord(external_id="5", name="Beratung", number="A5")},
    )
    (line,) = found.lines
    assert (line.position, line.title, line.description, line.unit) == (1, "Beratung", "vor Ort", "h")
    assert (line.quantity, line.unit_price, line.vat_rate) == (Decimal(2), Decimal(50), Decimal(19))
    assert (line.net, line.gross, line.discount) == (Decimal(100), Decimal(119), "")
    assert line.item.number == "A5"


def test_lines_stand_in_the_order_of_their_positions_without_padding():
    found = detailed("several-taxes", items=rows("invoice-items-many"))
    assert [(line.position, line.title, line.discount) for line in found.lines] == [
        (1, "Beratung", "12.5%"),
        (2, "Handbuch", ""),
    ]
    assert str(found.lines[1].quantity) == "3"
    assert found.lines[0].item == NamedRecord(external_id="5")


def test_positions_that_come_twice_are_numbered_anew():
    item = rows("invoice-items-one")[0]
    found = detailed("open", items=[item, item | {"position": "1"}, item | {"position": ""}])
    assert [line.position for line in found.lines] == [1, 2, 3]


def test_comments_are_the_history_with_the_names_of_the_users():
    found = detailed("open", comments=rows("invoice-comments-many"))
    assert [(event.external_id, event.kind, event.person) for event in found.events] == [
        ("81", "CREATE", "Merle Osterkamp"),
        ("82", "STATUS", "Tarek Blomquist"),
        ("83", "MAIL", "Tarek Blomquist"),
        ("84", "PAYMENT", ""),
        ("85", "SOMETHING_NEW", ""),
    ]
    assert found.owner == MERLE
    assert found.decided_at == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert found.sent_at == datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


def test_a_draft_is_not_decided_yet_but_has_an_owner():
    found = detailed("draft", comments=rows("invoice-comments-one"))
    assert (found.decided_at, found.owner) == (None, MERLE)


def test_a_user_who_is_not_known_is_an_owner_by_id():
    found = whole(INVOICE, only("invoice-draft"), Parts(comments=rows("invoice-comments-one")))
    assert found.owner == NamedRecord(external_id="3")


@pytest.mark.parametrize("action", ["COPY", "CREATED", "CREATE_FROM_OFFER", "CREATE_FROM_RECURRING"])
def test_copies_and_conversions_have_an_owner_too(action):
    comment = rows("invoice-comments-one")[0] | {"actionkey": action}
    assert detailed("draft", comments=[comment]).owner == MERLE


def test_what_billomat_made_itself_has_no_owner():
    comment = rows("invoice-comments-one")[0] | {"actionkey": "CREATE_FROM_RECURRING", "user_id": ""}
    assert detailed("draft", comments=[comment]).owner is None


def test_a_credit_note_made_of_it_does_not_change_the_owner():
    later = rows("invoice-comments-one")[0] | {"id": "99", "actionkey": "CREATE_CREDIT_NOTE", "user_id": "4"}
    assert detailed("open", comments=[later, *rows("invoice-comments-one")]).owner == MERLE


def test_payments_lower_the_debt_and_negative_ones_raise_it():
    found = detailed("open", payments=rows("invoice-payments-many"))
    assert [(move.kind, move.amount, move.date, move.method) for move in found.movements] == [
        ("payment", euro("20"), date(2026, 3, 9), "BANK_TRANSFER"),
        ("payment", euro("-17"), date(2026, 3, 10), ""),
        ("credit", euro("12.5"), date(2026, 3, 9), "CREDIT_NOTE"),
    ]
    assert [move.text for move in found.movements] == ["RE43 KD8", "zurückgebucht", ""]


def test_a_discount_that_was_taken_is_a_movement_on_the_day_of_the_last_payment():
    found = detailed("paid-with-discount", payments=rows("invoice-payments-discount"))
    discount = found.movements[-1]
    assert (discount.kind, discount.amount, discount.date) == ("discount", euro("92.31"), date(2026, 3, 6))
    assert sum(move.amount.minor for move in found.movements) == found.gross.minor


def test_without_payments_the_discount_is_dated_with_its_last_day():
    (discount,) = detailed("paid-with-discount").movements
    assert discount.date == date(2026, 3, 8)


@pytest.mark.parametrize("changes", [{"discount_amount": "50"}, {"discount_amount": None}, {"status": "OPEN"}])
def test_another_rest_is_no_discount(changes):
    found = whole(INVOICE, only("invoice-paid-with-discount") | changes, Parts())
    assert found.movements == ()


def test_a_payment_in_a_currency_of_its_own_keeps_it():
    payment = rows("invoice-payments-one")[0] | {"currency_code": "usd"}
    assert detailed("open", payments=[payment]).movements[0].amount == Money(2000, "USD")


def test_tags_are_known_by_their_names():
    assert detailed("open", tags=rows("invoice-tags-one")).tags == (NamedRecord(external_id="vip", name="vip"),)
    assert detailed("open", tags=rows("invoice-tags-none")).tags == ()


def test_the_detail_keeps_everything_as_it_came():
    found = detailed("open", items=rows("invoice-items-one"), tags=rows("invoice-tags-one"))
    assert found.detail == {
        "invoice": only("invoice-open"),
        "items": rows("invoice-items-one"),
        "comments": [],
        "payments": [],
        "tags": rows("invoice-tags-one"),
    }


# our own sum


def _own(name: str, items: str, **changes: object) -> Decimal | None:
    payload = only(f"invoice-{name}") | changes
    return own_gross(payload, rows(f"invoice-items-{items}"), "EUR")


def test_our_own_gross_adds_tax_to_a_net_document():
    assert _own("open", "one") == Decimal("119.00")


def test_our_own_gross_rounds_each_tax_group_and_takes_both_reductions_off():
    assert _own("several-taxes", "many") == Decimal("259.66")


def test_our_own_gross_takes_an_absolute_reduction_off_in_proportion():
    assert _own("several-taxes", "many", reduction="25") == Decimal("259.66")


def test_our_own_gross_of_a_gross_document_is_the_sum_of_its_items():
    assert _own("open", "one", net_gross="GROSS") == Decimal("100.00")


@pytest.mark.parametrize(
    "changes", [{"net_gross": "SETTINGS"}, {"reduction": "a bit"}, {"taxes": ""}, {"reduction": "5,5%"}]
)
def test_our_own_gross_is_not_told_where_the_rules_do_not_tell(changes):
    assert _own("open", "one", **changes) is None


def test_our_own_gross_of_an_empty_draft_is_nothing():
    assert _own("draft", "none") == 0
