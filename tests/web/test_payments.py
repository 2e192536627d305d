"""The list of payments on the desk, and its downloads."""

from datetime import date

import pytest
from django.utils import timezone

from arapp.kept.models import KeptPayment
from arapp.receivables.money import Money
from arapp.receivables.records import CustomerRecord, MovementRecord
from tests.conftest import make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}
UGLY = "<script>alert(1)</script> & Söhne"
PATHS = ["/payments/", "/payments/export.csv", "/payments/export.xlsx"]


def text(response):
    return response.content.decode()


def rows(page):
    return page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]


def paid(source, number="RE-1", amount="50", **fields):
    told = {"kind": "payment", "date": date(2026, 11, 2), "method": "bank_transfer", "text": "OCR 4711"}
    told |= {name: fields.pop(name) for name in [*told] if name in fields}
    movement = MovementRecord(external_id=f"m{number}", amount=Money.parse(amount, "EUR"), **told)
    return make_invoice(source, number=number, movements=(movement,), **fields)


def at_desk(invoice, amount=700, **fields):
    told = {"currency": "EUR", "date": date(2026, 11, 3), "method": "cash", "note": "Handed over"} | fields
    return KeptPayment.objects.create(invoice=invoice, amount=amount, **told)


def test_a_row_tells_when_what_for_which_invoice_how_and_how_much(signed_in, source):
    paid(source, customer=CustomerRecord(external_id="k", name="Älg AB"))
    (row,) = rows(text(signed_in("viewer").get("/payments/")))
    words = ("2026-11-02", "Payment", "RE-1", "Älg AB", source.name, "Bank transfer", "OCR 4711", "50.00", "EUR")
    for word in words:
        assert word in row, word
    assert "at the desk" not in row


def test_what_was_recorded_at_the_desk_stands_among_the_others_with_who_did_it(signed_in, source):
    invoice = paid(source)
    at_desk(invoice, person=make_user("anna"))
    at_desk(invoice, 800, deleted_at=timezone.now())
    client = signed_in("viewer")
    desk, service = rows(text(client.get("/payments/")))
    assert "at the desk, by anna" in desk
    assert "Handed over" in desk
    assert "7.00" in desk
    assert "50.00" in service
    (gone,) = rows(text(client.get("/payments/", {"deleted": "1"})))
    assert "8.00" in gone
    assert "deleted" in gone


def test_a_fee_is_negative_and_the_sums_are_per_currency_and_kind(signed_in, source):
    paid(source, "RE-1"), paid(source, "RE-2", "-5", kind="fee"), paid(source, "RE-3", "25")
    page = text(signed_in("viewer").get("/payments/"))
    assert "−5.00" in page
    foot = page.split("<tfoot>")[1]
    for word in ("Payment (2)", "75.00", "Fee (1)", "−5.00"):
        assert word in foot, word
    assert "3 movements" in page


def test_an_ugly_text_is_shown_as_it_is_and_runs_nothing(signed_in, source):
    paid(source, text=UGLY, customer=CustomerRecord(external_id="k", name=UGLY))
    page = text(signed_in("viewer").get("/payments/"))
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne") >= 2


def test_nonsense_gives_a_sentence_and_loses_nothing(signed_in, source):
    page = text(signed_in("viewer").get("/payments/", {"amount_min": "much", "q": "typed"}))
    assert "“much” is not an amount" in page
    assert 'value="typed"' in page


def test_an_empty_list_says_why(signed_in):
    client = signed_in("viewer")
    assert "There are no payments yet" in text(client.get("/payments/"))
    assert "No payment matches these filters" in text(client.get("/payments/", {"q": "x"}))


def test_htmx_gets_the_part(signed_in, source):
    assert "<html" not in text(signed_in("viewer").get("/payments/", headers=HTMX))


@pytest.mark.parametrize("path", PATHS)
def test_methods_and_people(path, signed_in, client, source):
    paid(source)
    assert client.get(path).headers["Location"].startswith("/accounts/login/")
    desk = signed_in("viewer")
    assert desk.get(path).status_code == 200
    assert desk.post(path).status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_who_may_see_nothing_sees_no_payment(path, client, source):
    person = make_user(role="viewer")
    type(person).objects.filter(pk=person.pk).update(role="nobody")
    client.force_login(person)
    assert client.get(path).status_code == 403


def test_a_download_is_exactly_what_is_filtered(signed_in, source):
    paid(source, "RE-1", text="=2+2"), paid(source, "RE-2")
    lines = b"".join(signed_in("viewer").get("/payments/export.csv", {"q": "re-1"})).decode().splitlines()
    assert lines[0].startswith("date,kind,amount,currency,method,text,number")
    assert len(lines) == 2
    assert lines[1].startswith("2026-11-02,payment,50.00,EUR,bank_transfer,'=2+2,RE-1")


@pytest.mark.parametrize("path", PATHS[1:])
def test_a_download_of_nonsense_is_refused_with_the_reason(path, signed_in, source):
    response = signed_in("viewer").get(path, {"kind": "gift"})
    assert response.status_code == 422
    assert "gift" in text(response)


def test_queries_are_the_same_at_2_and_40_rows_and_at_most_12(signed_in, source, django_assert_max_num_queries):
    client = signed_in("viewer")

    def fill(start, count):
        for number in range(start, start + count):
            customer = CustomerRecord(external_id=f"k{number}", name="A")
            at_desk(paid(source, f"RE-{number}", customer=customer), person=make_user())

    fill(0, 1)
    with django_assert_max_num_queries(12) as few:
        client.get("/payments/", {"q": "re-"})
    fill(1, 19)
    with django_assert_max_num_queries(12) as many:
        client.get("/payments/", {"q": "re-"})
    assert len(few) == len(many)


def test_a_source_is_found_by_its_name_in_the_menu(signed_in):
    paid(make_source("Nord"), "RE-1"), paid(make_source("Süd"), "RE-2")
    page = text(signed_in("viewer").get("/payments/", {"source": "Süd"}))
    assert "RE-2" in page
    assert "RE-1" not in page.split("<tbody>")[1]
