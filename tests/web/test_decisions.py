"""The list of decisions on the desk, and its downloads."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from arapp.approvals.batches import Batch, BatchRow
from arapp.approvals.models import Approval, Decision
from arapp.receivables.records import CustomerRecord
from tests.conftest import make_invoice, make_source, make_user

HTMX = {"HX-Request": "true"}
UGLY = "<script>alert(1)</script> & Söhne"
PATHS = ["/decisions/", "/decisions/export.csv", "/decisions/export.xlsx"]


def text(response):
    return response.content.decode()


def rows(page):
    return page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]


def decided(source, number="RE-1", note="Checked", person=None, **fields):
    invoice = make_invoice(source, number=number, **fields)
    invoice.approval.approve(person or make_user(), invoice.digest, note)
    return invoice


def test_a_row_tells_who_what_why_how_much_and_where_it_stands(signed_in, source):
    anna = make_user("anna", first_name="Anna", last_name="Berg")
    decided(source, note="Order 77", person=anna, customer=CustomerRecord(external_id="k", name="Älg AB"))
    Decision.objects.update(alone=True)
    (row,) = rows(text(signed_in("viewer").get("/decisions/")))
    for word in ("Approved", "RE-1", "Älg AB", "119.00", "EUR", "Anna Berg", "At the desk", "Order 77", source.name):
        assert word in row, word
    assert "Waiting → Approved" in row
    assert "without a second person" in row
    assert "No worker is running" in row


def test_what_was_imported_without_a_date_says_so(signed_in, source):
    make_invoice(source, service_decision="approved", state="open")
    (row,) = rows(text(signed_in("viewer").get("/decisions/")))
    assert "Imported" in row
    assert "no date given" in row


def test_what_was_observed_names_the_service(signed_in, source):
    make_invoice(source)
    decision = {"action": "reject", "from_state": "waiting", "to_state": "rejected", "origin": "service"}
    Decision.objects.create(approval=Approval.objects.get(), at=datetime(2026, 1, 1, tzinfo=UTC), **decision)
    assert "Observed at Billomat" in rows(text(signed_in("viewer").get("/decisions/")))[0]


def test_a_decision_on_many_leads_to_the_others(signed_in, source):
    person = make_user("anna")
    invoice, alone = decided(source, "RE-1", person=person), decided(source, "RE-2", person=person)
    now = timezone.now()
    batch = Batch.objects.create(person=person, action="approve", phase="done", created_at=now - timedelta(minutes=1))
    BatchRow.objects.create(batch=batch, invoice=invoice, result="done")
    other = Batch.objects.create(person=person, action="approve", created_at=now + timedelta(minutes=1))
    BatchRow.objects.create(batch=other, invoice=alone, result="done")
    shown = {("RE-1" in row): f"/batches/{batch.pk}/" in row for row in rows(text(signed_in().get("/decisions/")))}
    assert shown == {True: True, False: False}


def test_an_ugly_note_is_shown_as_it_is_and_runs_nothing(signed_in, source):
    decided(source, note=UGLY, customer=CustomerRecord(external_id="k", name=UGLY))
    page = text(signed_in("viewer").get("/decisions/"))
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Söhne") >= 2


def test_filters_totals_and_chips(signed_in, source):
    decided(source, "RE-1"), decided(source, "RE-2", gross="81", net="68.07", vat="12.93", open="81")
    page = text(signed_in("viewer").get("/decisions/", {"action": "approve", "q": "re-"}))
    assert "Approved: 2" in page
    assert "200.00" in page.split("<tfoot>")[1]
    assert page.count('class="chip"') == 2
    assert "2 decisions" in page


def test_nonsense_gives_a_sentence_and_loses_nothing(signed_in, source):
    page = text(signed_in("viewer").get("/decisions/", {"date_from": "soon", "q": "typed"}))
    assert "“soon” is not a date" in page
    assert 'value="typed"' in page


def test_an_empty_list_says_why(signed_in):
    client = signed_in("viewer")
    assert "Nothing has been decided yet" in text(client.get("/decisions/"))
    assert "No decision matches these filters" in text(client.get("/decisions/", {"q": "x"}))


def test_htmx_gets_the_part(signed_in, source):
    assert "<html" not in text(signed_in("viewer").get("/decisions/", headers=HTMX))


@pytest.mark.parametrize("path", PATHS)
def test_methods_and_people(path, signed_in, client, source):
    decided(source)
    assert client.get(path).headers["Location"].startswith("/accounts/login/")
    desk = signed_in("viewer")
    assert desk.get(path).status_code == 200
    assert desk.post(path).status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_who_may_see_nothing_sees_no_decision(path, client, source):
    person = make_user(role="viewer")
    type(person).objects.filter(pk=person.pk).update(role="nobody")
    client.force_login(person)
    assert client.get(path).status_code == 403


def test_a_download_is_exactly_what_is_filtered(signed_in, source):
    decided(source, "RE-1", note="=2+2"), decided(source, "RE-2")
    lines = b"".join(signed_in("viewer").get("/decisions/export.csv", {"q": "re-1"})).decode().splitlines()
    assert lines[0].startswith("at,recorded,action,from,to,person,origin")
    assert len(lines) == 2
    assert "'=2+2" in lines[1]


@pytest.mark.parametrize("path", PATHS[1:])
def test_a_download_of_nonsense_is_refused_with_the_reason(path, signed_in, source):
    response = signed_in("viewer").get(path, {"action": "burn"})
    assert response.status_code == 422
    assert "burn" in text(response)


def test_queries_are_the_same_at_2_and_40_rows_and_at_most_12(signed_in, source, django_assert_max_num_queries):
    client, person = signed_in("viewer"), make_user()

    def fill(start, count):
        for number in range(start, start + count):
            decided(
                source, f"RE-{number}", person=person, customer=CustomerRecord(external_id=f"k{number}", name="A")
            )

    fill(0, 2)
    with django_assert_max_num_queries(12) as few:
        client.get("/decisions/", {"q": "re-"})
    fill(2, 38)
    with django_assert_max_num_queries(12) as many:
        client.get("/decisions/", {"q": "re-"})
    assert len(few) == len(many)


def test_a_source_is_found_by_its_name_in_the_menu(signed_in):
    decided(make_source("Nord"), "RE-1"), decided(make_source("Süd"), "RE-2")
    page = text(signed_in("viewer").get("/decisions/", {"source": "Süd"}))
    assert "RE-2" in page
    assert "RE-1" not in page.split("<tbody>")[1]
