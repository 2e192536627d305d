"""One action on many invoices from the list: the preview, then what became of each."""

import re

import pytest

from arapp.outbox.models import Intent
from arapp.people.models import Role
from arapp.upstreams.models import Worker
from arapp.web import acting_many
from tests.conftest import make_invoice, make_source

HTMX = {"HX-Request": "true", "HX-Target": "many"}
OPEN = {"state": "open", "service_state": "Overdue", "service_decision": "approved"}


def text(response):
    return response.content.decode()


def path(name):
    return f"/invoices/act/{name}/"


def ids(*invoices):
    return [f"{invoice.pk}:{invoice.digest}" for invoice in invoices]


@pytest.fixture
def account(db):
    Worker.objects.create(name="w")
    return make_source(service="billogram")


@pytest.fixture
def late(account):
    return [make_invoice(account, number=f"RE{n}", gross=str(100 + n), open=str(n), **OPEN) for n in (1, 2)]


def preview(client, name, *invoices, **fields):
    return client.post(path(name), {"ids": ids(*invoices), "summary": "1", **fields})


def sent_from(page, **fields):
    """The form of a preview as a browser would send it."""
    hidden = re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)">', page.split('class="many"')[1])
    form = {name: value for name, value in hidden if name != "ids"}
    return form | {"ids": [value for name, value in hidden if name == "ids"]} | fields


def test_the_bulk_bar_offers_what_the_person_may(signed_in, late):
    for role, names in (
        ("approver", {"send", "complete", "credit", "remind"}),
        ("clerk", {"remind"}),
        ("viewer", set()),
    ):
        page = text(signed_in(role).get("/invoices/"))
        assert set(re.findall(r'formaction="/invoices/act/invoice\.(\w+)/"', page)) == names
        assert ('name="ids"' in page) is bool(names)


def test_the_preview_says_how_many_the_sums_what_happens_and_what_will_be_refused(signed_in, account, late):
    draft = make_invoice(account, number="DRAFT", service_state="Unattested")
    page = text(preview(signed_in(), "invoice.credit", *late, draft))
    assert "Credit: 2 invoices" in page
    assert "3.00" in page.split('class="sums"')[1].split("</p>")[0]
    assert "Credits 1.00 EUR of RE1 to Muster AG." in page
    assert "1 will be refused" in page
    assert "It has not been issued yet." in page
    assert "DRAFT" in page
    assert not Intent.objects.exists()


def test_what_was_previewed_is_done_row_by_row(signed_in, late):
    client = signed_in()
    form = sent_from(text(preview(client, "invoice.credit", *late)), mode="remaining")
    page = text(client.post(path("invoice.credit"), form))
    assert "Credit: 2 of 2 taken" in page
    assert {(one.invoice, one.kind) for one in Intent.objects.all()} == {(one, "invoice.credit") for one in late}
    assert all(one.data == {"mode": "remaining"} for one in Intent.objects.all())


def test_sent_twice_each_is_stored_once(signed_in, late):
    client = signed_in()
    form = sent_from(text(preview(client, "invoice.credit", *late)), mode="remaining")
    for _time in range(2):
        assert "2 of 2 taken" in text(client.post(path("invoice.credit"), form))
    assert Intent.objects.count() == 2


def test_what_was_changed_after_the_preview_is_shown_once_more(signed_in, late):
    client = signed_in()
    form = sent_from(text(preview(client, "invoice.credit", *late)), mode="full")
    page = text(client.post(path("invoice.credit"), form))
    assert "Credits 101.00 EUR of RE1" in page
    assert not Intent.objects.exists()
    client.post(path("invoice.credit"), sent_from(page, mode="full"))
    assert Intent.objects.count() == 2


def test_no_effect_comes_without_a_preview(signed_in, late):
    client = signed_in()
    client.post(path("invoice.credit"), {"ids": ids(*late), "mode": "full", "previewed": "0" * 64})
    assert not Intent.objects.exists()


def test_one_that_changed_meanwhile_is_refused_and_the_other_done(signed_in, account, late):
    client = signed_in()
    form = sent_from(text(preview(client, "invoice.credit", *late)), mode="remaining")
    make_invoice(account, external_id=late[0].external_id, number="RE1", gross="900", open="900", **OPEN)
    page = text(client.post(path("invoice.credit"), form))
    assert "Credit: 1 of 2 taken" in page
    assert "It changed after you opened it" in page
    assert Intent.objects.get().invoice == late[1]


def test_one_of_which_less_is_left_by_now_is_refused_with_what_it_would_do(signed_in, account, late):
    client = signed_in()
    form = sent_from(text(preview(client, "invoice.credit", *late)), mode="remaining")
    make_invoice(account, external_id=late[1].external_id, number="RE2", gross="102", open="1", **OPEN)
    page = text(client.post(path("invoice.credit"), form))
    assert "It would do something else by now: Credits 1.00 EUR of RE2" in page
    assert Intent.objects.get().invoice == late[0]


def test_with_htmx_the_fresh_rows_ride_along(signed_in, late):
    client = signed_in()
    form = sent_from(text(preview(client, "invoice.remind", *late)))
    page = text(client.post(path("invoice.remind"), form, headers=HTMX))
    assert page.lstrip().startswith("<section")
    for one in late:
        assert f'<tr id="row-{one.pk}" hx-swap-oob="true"' in page
    assert "Reminder · On its way to Billogram" in page


def test_issuing_is_the_approval_of_each(signed_in, db):
    drafts = [make_invoice(make_source(), number=f"D{n}") for n in (1, 2)]
    client = signed_in()
    page = text(preview(client, "invoice.complete", *drafts))
    assert "nothing is sent to the customer" in page
    client.post(path("invoice.complete"), sent_from(page))
    assert [one.kind for one in Intent.objects.all()] == ["complete", "complete"]


def test_of_services_without_the_action_it_says_so_and_does_the_rest(signed_in, late):
    other = make_invoice(make_source(service="billover"), number="FILE", state="open", service_decision="approved")
    page = text(preview(signed_in(), "invoice.remind", *late, other))
    assert "Remind: 2 invoices" in page
    assert "not possible at BillOver" in page


def test_what_only_one_source_has_is_not_asked_for_many(signed_in, late):
    other = make_invoice(
        make_source(), number="BM", state="open", service_state="OVERDUE", service_decision="approved"
    )
    page = text(preview(signed_in(), "invoice.remind", *late, other))
    assert 'name="method"' not in page
    assert 'name="body"' not in page
    assert "Remind: 3 invoices" in page


@pytest.mark.parametrize("texts", [[], ["x"], ["999:00"], ["1:"]])
def test_rows_that_are_none_break_nothing(texts, signed_in, late):
    response = signed_in().post(path("invoice.credit"), {"ids": texts, "summary": "1"})
    assert response.status_code in (200, 422)
    assert not Intent.objects.exists()


def test_nothing_chosen_is_422_and_too_many_too(signed_in, late, monkeypatch):
    client = signed_in()
    assert client.post(path("invoice.credit"), {"summary": "1"}).status_code == 422
    monkeypatch.setattr(acting_many, "MOST_AT_ONCE", 1)
    response = preview(client, "invoice.credit", *late)
    assert response.status_code == 422
    assert "At most 1 invoices at once; you chose 2." in text(response)


def test_all_that_match_the_filters_are_chosen_whatever_was_ticked(signed_in, account, late):
    make_invoice(account, number="OTHER", currency="SEK", **OPEN)
    fields = {"all": "1", "query": "q=RE&page=3"}
    page = text(preview(signed_in(), "invoice.credit", **fields))
    assert "Credit: 2 invoices" in page
    assert page.count('name="ids"') == 2


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("q=nowhere", "No invoice matches these filters."), ("currency=EURO", "is not a currency")],
)
def test_all_of_none_and_of_filters_that_make_no_sense_is_422(query, sentence, signed_in, late):
    response = preview(signed_in(), "invoice.credit", all="1", query=query)
    assert response.status_code == 422
    assert sentence in text(response)


def test_more_that_match_than_fit_asks_to_narrow_the_list(signed_in, late, monkeypatch):
    monkeypatch.setattr(acting_many, "MOST_AT_ONCE", 1)
    response = preview(signed_in(), "invoice.credit", all="1", query="")
    assert response.status_code == 422
    assert "At most 1 invoices at once; 2 match. Narrow the list and try again." in text(response)


@pytest.mark.parametrize("name", ["payment.create", "invoice.delete", "invoice.update", "nonsense"])
def test_what_is_for_one_alone_is_not_found(name, signed_in, late):
    assert preview(signed_in(), name, *late).status_code == 404


def test_it_is_only_posted(signed_in, late):
    assert signed_in().get(path("invoice.credit")).status_code == 405


def test_who_is_not_signed_in_does_nothing(client, late):
    assert preview(client, "invoice.credit", *late).headers["Location"].startswith("/accounts/login/")


def test_a_role_that_may_not_is_told_which_may(signed_in, late):
    response = preview(signed_in(Role.CLERK), "invoice.credit", *late)
    assert response.status_code == 403
    assert "Approver, Controller or Administrator" in text(response)
    assert preview(signed_in(Role.CLERK), "invoice.remind", *late).status_code == 200
