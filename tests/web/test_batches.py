"""Deciding on everything that a list's filters leave: begun from the list, looked at, agreed to, carried out."""

import re

import pytest

from arapp.approvals import batching
from arapp.approvals.batches import Batch, BatchRow
from arapp.approvals.models import Decision
from arapp.people.models import Role, User
from arapp.receivables.records import CustomerRecord
from arapp.upstreams.models import Worker
from arapp.web import batch_shown
from tests.conftest import make_invoice, make_source, make_user

DECIDE = "/invoices/decide/"
HTMX = {"HX-Request": "true", "HX-Target": "many"}
GOES_ON = {"HX-Request": "true", "HX-Target": "batch-progress"}


def text(response):
    return response.content.decode()


def person_of(client):
    return User.objects.get(pk=client.session["_auth_user_id"])


def begin(client, query="", action="approve", **headers):
    return client.post(DECIDE, {"all": "1", "query": query, "action": action, "summary": "1"}, headers=headers)


def begun(client, query="", action="approve"):
    begin(client, query, action)
    return Batch.objects.latest("pk")


def go(client, batch, step="go", **fields):
    return client.post(f"/batches/{batch.pk}/{step}/", fields)


def page_of(client, batch):
    return text(client.get(f"/batches/{batch.pk}/"))


@pytest.fixture
def three(source):
    Worker.objects.create(name="w")
    return [make_invoice(source, external_id=str(n), number=f"RE{n}") for n in (1, 2, 3)]


@pytest.fixture
def slow(monkeypatch):
    """Every stretch takes a single row."""
    monkeypatch.setattr(batching, "SECONDS", 0)
    monkeypatch.setattr(batching, "AT_ONCE", 1)


def test_the_bar_offers_all_that_match_and_names_their_filters(signed_in, three):
    page = text(signed_in().get("/invoices/?state=draft&q=muster&page=1"))
    assert "All 3 that match" in page
    assert re.search(r'name="query" value="(q=muster&amp;state=draft|state=draft&amp;q=muster)"', page)
    assert re.search('data-count="3" data-sums="357.00.EUR', page)


def test_on_a_customers_page_all_means_all_of_that_customer(signed_in, source, three):
    other = make_invoice(source, customer=CustomerRecord(external_id="k", name="Kranich"))
    client = signed_in()
    page = text(client.get(f"/customers/{other.customer_id}/"))
    query = re.search(r'name="query" value="([^"]*)"', page)[1]
    assert begun(client, query).rows.get().invoice == other


def test_all_overrides_what_was_ticked_and_keeps_to_the_filters_of_the_list(signed_in, source, three):
    other = make_invoice(source, number="OTHER", currency="SEK")
    client = signed_in()
    fields = {"all": "1", "query": "q=RE&sort=number", "action": "approve", "ids": [f"{other.pk}:{other.digest}"]}
    response = client.post(DECIDE, fields)
    batch = Batch.objects.get()
    assert response.headers["Location"] == f"/batches/{batch.pk}/"
    assert list(batch.rows.values_list("invoice", flat=True)) == [one.pk for one in three]
    assert batch.person == person_of(client)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        ("currency=SEK", 1),
        ("q=RE1", 1),
        ("amount_min=200", 1),
        ("approval=waiting&page=7&after=x&show=1&view=all", 4),
    ],
)
def test_any_filter_of_the_list_chooses(query, count, signed_in, source, three):
    make_invoice(source, number="S1", currency="SEK", gross="250", open="250")
    assert begun(signed_in(), query).total == count


def test_the_page_says_what_would_happen_before_anything_does(signed_in, source, three):
    mail = make_source(service="billogram")
    for name in ("a", "b"):
        make_invoice(mail, service_state="Unattested", receiver_email=f"{name}@example.org", currency="SEK")
    make_invoice(source, number="BARE", lines=())
    three[0].approval.approve(make_user(first_name="Petra"), three[0].digest)
    client = signed_in()
    page = page_of(client, begun(client))
    assert "Approve 4 invoices" in page
    assert "238.00" in page.split('class="sums"')[1].split("</p>")[0]
    assert "Approve and send by e-mail to 2 receivers" in page
    assert "a@example.org, b@example.org" in page
    assert "Approve and issue; nothing is sent to the customer" in page
    assert "2 will be refused" in page
    assert "It is decided already." in page
    assert "Petra was first" in page
    assert "Billomat refuses a document without lines" in page
    assert "Approve 4 invoices, send 2 of them" in page
    assert re.search(r"Yes, send 2 invoices \(238.00.SEK\) to 2 receivers", page)
    assert Decision.objects.count() == 1


def test_what_goes_to_customers_is_asked_once_more_and_the_note_is_kept(signed_in):
    make_invoice(make_source(service="billogram"), service_state="Unattested", receiver_email="a@example.org")
    client = signed_in()
    batch = begun(client)
    refused = go(client, batch, "agree", note="All checked")
    assert refused.status_code == 422
    assert "sent to customers" in text(refused)
    assert "All checked</textarea>" in text(refused)
    assert not Decision.objects.exists()
    go(client, batch, "agree", note="All checked", sure="1")
    assert Decision.objects.get().note == "All checked"


def test_the_yes_carries_it_out_and_the_page_tells_each_row(signed_in, source, three):
    make_invoice(source, number="BARE", lines=())
    client = signed_in()
    batch = begun(client)
    assert go(client, batch, "agree", note="Checked").headers["Location"] == f"/batches/{batch.pk}/"
    page = page_of(client, batch)
    assert "3 approved, 1 refused" in page
    for one in three:
        assert f'/invoices/{one.pk}/">{one.number}</a>' in page
    assert "Take back what can be" in page
    assert {decision.note for decision in Decision.objects.all()} == {"Checked"}


@pytest.mark.parametrize(
    ("action", "note", "sentence"),
    [("reject", "  ", "needs a note"), ("approve", "x" * 2_001, "at most 2000 fit")],
)
def test_a_note_that_is_missing_or_too_long_is_said_and_nothing_is_lost(action, note, sentence, signed_in, three):
    client = signed_in()
    batch = begun(client, action=action)
    response = go(client, batch, "agree", note=note)
    assert response.status_code == 422
    assert sentence in text(response)
    assert note in text(response)
    assert not Decision.objects.exists()


def test_a_rejection_of_all_carries_its_note(signed_in, three):
    client = signed_in()
    go(client, begun(client, action="reject"), "agree", note="Wrong year")
    assert [one.note for one in Decision.objects.filter(action="reject")] == ["Wrong year"] * 3


def test_without_scripts_a_button_goes_on_stretch_by_stretch(signed_in, three, slow):
    client = signed_in()
    batch = begun(client)
    assert "1 of 3" in page_of(client, batch)
    for _stretch in range(2):
        assert ">Go on</button>" in page_of(client, batch)
        go(client, batch)
    assert "Approve 3 invoices" in page_of(client, batch)
    go(client, batch, "agree")
    assert "Approving 3 invoices" in page_of(client, batch)
    for _stretch in range(2):
        go(client, batch)
    assert "3 approved, 0 refused" in page_of(client, batch)


def test_with_htmx_each_stretch_answers_with_its_progress_and_the_rows_beside_it(signed_in, three, slow):
    client = signed_in()
    whole = text(begin(client, **HTMX))
    assert whole.lstrip().startswith('<section class="many" id="batch"')
    assert "hx-swap-oob" not in whole
    batch = Batch.objects.get()
    for _stretch in range(2):
        go(client, batch)
    go(client, batch, "agree")
    shown = ",".join(str(one.pk) for one in three)
    fields = {"phase": "deciding", "tenth": "3", "rows": shown}
    answer = client.post(f"/batches/{batch.pk}/go/", fields, headers=GOES_ON)
    part = text(answer)
    assert answer.headers["HX-Retarget"] == "#batch-progress"
    assert "2 of 3" in part
    assert 'id="batch-said" hx-swap-oob="innerHTML">2 of 3<' in part
    assert part.count("<tr ") == part.count('hx-swap-oob="true"') == 1
    assert "On its way to Billomat" in part
    answer = client.post(f"/batches/{batch.pk}/go/", fields, headers=GOES_ON)
    assert answer.headers["HX-Retarget"] == "#batch-now"
    assert "3 approved, 0 refused" in text(answer)


def test_the_live_region_speaks_only_at_every_tenth(signed_in, three, slow):
    client = signed_in()
    batch = begun(client)
    fields = {"phase": "looking", "tenth": "6"}
    assert "batch-said" not in text(client.post(f"/batches/{batch.pk}/go/", fields, headers=GOES_ON))


def test_a_stopped_one_says_what_is_left_and_goes_on_only_when_told(signed_in, three, slow):
    client = signed_in()
    batch = begun(client)
    for _stretch in range(2):
        go(client, batch)
    go(client, batch, "agree")
    go(client, batch, "stop")
    go(client, batch)
    assert "Stopped: 1 approved, 0 refused, 2 not decided" in page_of(client, batch)
    assert "Go on with the other 2" in page_of(client, batch)
    go(client, batch, again="1")
    go(client, batch)
    assert "3 approved, 0 refused" in page_of(client, batch)


def test_what_can_be_is_taken_back_at_once(signed_in, three):
    client = signed_in()
    batch = begun(client, "q=RE")
    go(client, batch, "agree")
    response = go(client, batch, "undo")
    undo = Batch.objects.latest("pk")
    assert response.headers["Location"] == f"/batches/{undo.pk}/"
    page = page_of(client, undo)
    assert "3 reopened, 0 refused" in page
    assert "Take back" not in page
    assert "/invoices/?q=RE" in page


def test_taking_back_where_nothing_was_decided_is_409_with_a_sentence(signed_in, three):
    client = signed_in()
    response = go(client, begun(client), "undo")
    assert response.status_code == 409
    assert "nothing to take back" in text(response)


def test_in_the_place_of_the_list_the_undo_keeps_the_address_and_on_its_page_it_takes_its_own(signed_in, three):
    client = signed_in()
    batch = begun(client)
    go(client, batch, "agree")
    for url, pushed in (("http://testserver/invoices/", False), (f"http://testserver/batches/{batch.pk}/", True)):
        headers = {"HX-Request": "true", "HX-Target": "batch", "HX-Current-URL": url}
        answer = client.post(f"/batches/{batch.pk}/undo/", headers=headers)
        assert ("HX-Push-Url" in answer.headers) is pushed


def test_the_results_of_every_row_are_there_as_csv(signed_in, source, three):
    make_invoice(source, number="=BARE", lines=())
    client = signed_in()
    batch = begun(client, "sort=number")
    go(client, batch, "agree")
    response = client.get(f"/batches/{batch.pk}/results.csv")
    lines = b"".join(response).decode().splitlines()
    assert lines[0] == "source,number,customer,currency,gross,result,effect,refused_because"
    assert lines[1].split(",")[1:6] == ["'=BARE", "Muster AG", "EUR", "119.00", "refused"]
    assert lines[2].split(",")[1:6] == ["RE1", "Muster AG", "EUR", "119.00", "done"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"query": "q=nowhere"}, "No invoice matches these filters."),
        ({"query": "currency=EURO"}, "is not a currency"),
        ({"query": "\x00&due_from=soon"}, "soon"),
        ({"action": "explode"}, "Choose what to do"),
        ({"action": ""}, "Choose what to do"),
    ],
)
def test_what_makes_no_sense_begins_nothing_and_is_422_with_a_sentence(fields, sentence, signed_in, three):
    response = signed_in().post(DECIDE, {"all": "1", "query": "", "action": "approve"} | fields)
    assert response.status_code == 422
    assert sentence in text(response)
    assert not Batch.objects.exists()


def test_more_than_a_batch_holds_asks_to_narrow_the_list(signed_in, three, monkeypatch):
    monkeypatch.setattr(batching, "MOST", 2)
    response = begin(signed_in())
    assert response.status_code == 422
    assert "At most 2 invoices at once; 3 match. Narrow the list and try again." in text(response)


def test_duplicates_are_warned_of_before_the_yes_and_named(signed_in, three):
    make_invoice(make_source(), number="re1")
    client = signed_in()
    page = page_of(client, begun(client))
    assert "2 of them look like duplicates" in page
    go(client, Batch.objects.get(), "agree")
    assert Decision.objects.count() == 4


def test_the_list_leads_back_to_what_was_left_in_the_middle(signed_in, three, slow):
    client = signed_in()
    batch = begun(client)
    assert f"/batches/{batch.pk}/" not in text(client.get("/invoices/"))
    for _stretch in range(2):
        go(client, batch)
    go(client, batch, "agree")
    assert f"/batches/{batch.pk}/" in text(client.get("/invoices/"))


def test_who_lost_the_role_midway_goes_no_further_and_loses_nothing(signed_in, three, slow):
    client = signed_in()
    batch = begun(client)
    for _stretch in range(2):
        go(client, batch)
    go(client, batch, "agree")
    person_of(client).take_role(Role.CLERK)
    assert go(client, batch).status_code == 403
    assert Decision.objects.count() == 1
    assert BatchRow.objects.filter(result="possible").count() == 2
    assert client.get(f"/batches/{batch.pk}/").status_code == 200


STEPS = ("go", "agree", "stop", "undo")


def test_only_who_began_it_goes_on_with_it_and_an_administrator_may_look(signed_in, three):
    batch = begun(signed_in())
    other = signed_in(Role.CONTROLLER)
    assert other.get(f"/batches/{batch.pk}/").status_code == 403
    assert other.get(f"/batches/{batch.pk}/results.csv").status_code == 403
    chief = signed_in(Role.ADMINISTRATOR)
    page = page_of(chief, batch)
    assert "who alone goes on with it" in page
    assert "<form" not in page.split('id="batch"')[1].split("</section>")[0]
    for client in (other, chief):
        assert {go(client, batch, step).status_code for step in STEPS} == {403}
    assert not Decision.objects.exists()


def test_other_methods_and_people_are_refused(signed_in, client, three):
    batch = begun(signed_in())
    client.logout()
    assert client.get(f"/batches/{batch.pk}/").headers["Location"].startswith("/accounts/login/")
    assert all(go(client, batch, step).headers["Location"].startswith("/accounts/login/") for step in STEPS)
    viewer = signed_in(Role.VIEWER)
    assert {go(viewer, batch, step).status_code for step in STEPS} == {403}
    assert begin(viewer).status_code == 403
    assert {viewer.get(f"/batches/{batch.pk}/{step}/").status_code for step in STEPS} == {405}
    assert viewer.post(f"/batches/{batch.pk}/").status_code == 405
    assert viewer.get("/batches/999999/").status_code == 404


@pytest.mark.parametrize("phase", ["ready", "done"])
def test_the_page_asks_the_same_few_questions_however_many_rows_there_are(
    phase, signed_in, source, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(batching, "SECONDS", 60)
    client = signed_in()
    mail = make_source(service="billogram")

    def asked(count):
        for number in range(count):
            make_invoice(source)
            make_invoice(source, lines=())
            make_invoice(mail, service_state="Unattested", receiver_email=f"{number}@example.org")
            make_invoice(make_source(), number="SAME")
        batch = begun(client)
        if phase == "done":
            go(client, batch, "agree", sure="1")
        with django_assert_max_num_queries(12) as queries:
            assert client.get(f"/batches/{batch.pk}/").status_code == 200
        return len(queries)

    asked(2)
    assert asked(2) == asked(10)


def test_a_page_names_the_first_rows_of_each_kind_and_the_download_has_the_rest(signed_in, source, monkeypatch):
    monkeypatch.setattr(batch_shown, "ROWS", 2)
    for _number in range(3):
        make_invoice(source)
        make_invoice(source, lines=())
    client = signed_in()
    batch = begun(client)
    assert "1 more: all of them as CSV" in page_of(client, batch)
    go(client, batch, "agree")
    assert page_of(client, batch).count("1 more: all of them as CSV") == 2
