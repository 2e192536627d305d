"""Saved views on the pages: kept from a list, opened, pinned with counts, opened first, shared, renamed, deleted."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arapp.lists import views as kept
from arapp.lists.models import SavedView, ViewUse
from tests.conftest import make_invoice, make_source, make_user

pytestmark = pytest.mark.django_db

LIST, VIEWS = "/invoices/", "/views/"
HTMX = {"HX-Request": "true"}
FORM = {"name": "Late", "listed": "invoices", "query": "overdue=1&page=2", "pinned": "on"}


def text(answer):
    return answer.content.decode()


@pytest.fixture
def erika(client):
    person = make_user("erika", role="viewer")
    client.force_login(person)
    return person


def view_of(person, name="Late", query="state=draft", listed="invoices", **wish):
    return kept.keep(person, listed, name, query, **wish)


def test_filters_are_kept_under_a_name_and_open_again(client, erika):
    page = text(client.get(f"{LIST}?overdue=1&page=2"))
    assert '<input type="hidden" name="query" value="overdue=1">' in page
    answer = client.post(VIEWS, FORM)
    view = SavedView.objects.get()
    assert (view.person, view.query, view.shared) == (erika, "overdue=1", False)
    assert answer.headers["Location"] == f"{LIST}?overdue=1&view={view.pk}"
    page = text(client.get(answer.headers["Location"]))
    assert "The view “Late” is saved." in page
    assert re.search(r'<li><a href="/invoices/\?overdue=1&amp;view=\d+" aria-current="page" title="Late">', page)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": " "}, "This field is required."),
        ({"name": "\u202e \u200b\u200d"}, "This field is required."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"query": "due_from=soon"}, "soon” is not a date"),
        ({"query": "page=3"}, "nothing to keep"),
        ({"query": "number=" + "9" * 5_000}, "at most 4000 characters"),
        ({"listed": "users"}, "Select a valid choice"),
        ({"name": "Taken"}, "“Taken”"),
    ],
)
def test_what_cannot_be_kept_says_why_and_loses_nothing_typed(change, says, client, erika):
    view_of(erika, "Taken")
    answer = client.post(VIEWS, FORM | change)
    assert answer.status_code == 422
    assert says in text(answer)
    typed = (FORM | change)["name"]
    assert f'value="{typed.strip()}"' in text(answer) or not kept.tidy(typed)
    assert SavedView.objects.count() == 1


def test_a_name_keeps_to_what_can_be_seen(client, erika):
    client.post(VIEWS, FORM | {"name": "Late\u202e \t now \U0001f468\u200d\U0001f469"})
    assert SavedView.objects.get().name == "Late now \U0001f468\u200d\U0001f469"


def test_the_page_of_views_says_what_each_holds_and_how_many_rows_a_pinned_one_has(client, erika):
    invoice = make_invoice(make_source("Nord"))
    view_of(erika, "Drafts", "state=draft&due_to=today%2B7&days_overdue_min=30&source=Nord", pinned=True)
    view_of(erika, "All drafts", "state=draft", pinned=True)
    view_of(make_user("bo"), "Theirs", f"state=open&customer={invoice.customer_id}", shared=True)
    page = re.sub(r"\s+", " ", text(client.get(VIEWS)))
    for words in ("State: Draft", "Due to: in 7 days", "Overdue for at least 30 days", "Source: Nord"):
        assert f'<span class="word-of">{words}</span>' in page
    assert "shared by bo" in page
    assert "Customer: Muster AG" in page
    assert '<td class="num" data-label="Rows">1</td>' in page


def test_a_view_is_counted_up_to_a_limit(client, erika, monkeypatch):
    monkeypatch.setattr(kept, "COUNTED", 1)
    monkeypatch.setattr("arapp.web.saved.COUNTED", 1)
    source = make_source()
    for _ in range(2):
        make_invoice(source)
    view = view_of(erika, pinned=True)
    assert f'id="view-count-{view.pk}" hx-swap-oob="true">1+</span>' in text(
        client.get("/views/counts/", headers=HTMX)
    )


def test_counts_are_a_part_of_every_page_and_lead_to_the_views_otherwise(client, erika):
    make_invoice()
    view, broken = view_of(erika, pinned=True), view_of(erika, "Broken", pinned=True)
    SavedView.objects.filter(pk=broken.pk).update(query="source=Gone")
    assert 'hx-get="/views/counts/"' in text(client.get("/"))
    answer = client.get("/views/counts/", headers=HTMX)
    assert f'id="view-count-{view.pk}" hx-swap-oob="true">1</span>' in text(answer)
    assert f'id="view-count-{broken.pk}" hx-swap-oob="true"><span class="none"' in text(answer)
    assert client.get("/views/counts/").headers["Location"] == VIEWS


def test_without_pinned_views_nothing_is_counted(client, erika):
    view_of(erika)
    assert "/views/counts/" not in text(client.get("/"))


def test_a_list_opens_with_the_view_chosen_for_it(client, erika):
    view = view_of(erika, default=True)
    assert client.get(LIST).headers["Location"] == f"{LIST}?state=draft&view={view.pk}"
    assert client.get(f"{LIST}?view=all").status_code == 200
    assert client.get(f"{LIST}?state=open").status_code == 200
    assert client.get(LIST, headers=HTMX).status_code == 200
    assert client.get("/customers/").status_code == 200
    client.post(f"{VIEWS}{view.pk}/use/", {"default": "0"})
    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("listed", ["customers", "items"])
def test_other_lists_open_with_a_view_too(listed, client, erika):
    view = view_of(erika, listed=listed, query="q=a", default=True)
    assert client.get(f"/{listed}/").headers["Location"] == f"/{listed}/?q=a&view={view.pk}"


def test_who_opens_with_a_view_gets_everything_by_clearing(client, erika):
    view_of(erika, default=True)
    page = text(client.get(f"{LIST}?state=draft"))
    assert '<a class="quiet clear" href="?view=all"' in page
    assert '<a class="chip" href="?view=all"' in page
    assert '<input type="hidden" name="view" value="all">' in page


def test_somebody_elses_view_opens_no_list_of_mine(client, erika):
    view = view_of(make_user(), shared=True, default=True)
    assert client.get(LIST).status_code == 200
    client.post(f"{VIEWS}{view.pk}/use/", {"default": "1"})
    assert client.get(LIST).status_code == 302
    kept.share(view, False)
    assert client.get(LIST).status_code == 200


def test_changed_filters_can_be_kept_in_the_view(client, erika):
    view = view_of(erika)
    page = text(client.get(f"{LIST}?state=open&view={view.pk}"))
    assert "Save the changes to “Late”" in page
    assert client.post(f"{VIEWS}{view.pk}/filters/", {"query": "state=open"}).status_code == 302
    view.refresh_from_db()
    assert view.query == "state=open"
    assert "Save the changes" not in text(client.get(f"{LIST}?state=open&view={view.pk}"))
    refused = client.post(f"{VIEWS}{view.pk}/filters/", {"query": "due_to=soon"})
    assert (refused.status_code, "soon” is not a date" in text(refused)) == (422, True)


def test_filters_of_a_view_that_was_not_named_are_known_as_it(client, erika):
    view_of(erika, query="kind=invoice&state=draft")
    page = re.sub(r"\s+", " ", text(client.get(f"{LIST}?state=draft&kind=invoice")))
    assert '<summary><span class="cut" dir="auto">Late</span>' in page


def test_a_view_with_a_filter_that_there_is_no_more_says_so(client, erika):
    make_invoice()
    SavedView.objects.create(person=erika, name="Old", query="colour=blue&state=draft")
    page = text(client.get(f"{LIST}?colour=blue&state=draft&view={SavedView.objects.get().pk}"))
    assert "There is no filter “colour”" in page
    assert page.count('<tr id="row-') == 1
    assert "There is no filter “colour”" in text(client.get(VIEWS))


def test_a_view_is_renamed_by_its_maker_alone(client, erika):
    view, other = view_of(erika), view_of(make_user(), "Theirs", shared=True)
    assert 'value="Late"' in text(client.get(f"{VIEWS}{view.pk}/"))
    assert client.post(f"{VIEWS}{view.pk}/", {"name": "Too late"}).status_code == 302
    view.refresh_from_db()
    assert view.name == "Too late"
    assert client.post(f"{VIEWS}{other.pk}/", {"name": "Mine"}).status_code == 404
    view_of(erika, "Taken")
    refused = client.post(f"{VIEWS}{view.pk}/", {"name": "Taken"})
    assert (refused.status_code, 'value="Taken"' in text(refused)) == (422, True)


def test_a_view_is_pinned_and_taken_off_again(client, erika, monkeypatch):
    view = view_of(erika)
    for value in ("1", "1", "0"):
        assert client.post(f"{VIEWS}{view.pk}/use/", {"pinned": value}).status_code == 302
        assert ViewUse.objects.get().pinned == (value == "1")
    monkeypatch.setattr(kept, "MOST_PINNED", 0)
    refused = client.post(f"{VIEWS}{view.pk}/use/", {"pinned": "1"})
    assert (refused.status_code, "Unpin one first." in text(refused)) == (422, True)
    assert client.post(f"{VIEWS}99/use/", {"pinned": "1"}).status_code == 404


def test_sharing_and_deleting_are_the_makers_and_the_administrators(client, erika):
    view = view_of(erika)
    client.post(f"{VIEWS}{view.pk}/share/", {"shared": "1"})
    client.force_login(make_user(role="controller"))
    assert client.post(f"{VIEWS}{view.pk}/share/", {"shared": "0"}).status_code == 404
    assert client.post(f"{VIEWS}{view.pk}/delete/").status_code == 404
    client.force_login(make_user(role="administrator"))
    assert "Stop sharing" in text(client.get(VIEWS))
    client.post(f"{VIEWS}{view.pk}/share/", {"shared": "0"})
    view.refresh_from_db()
    assert not view.shared
    assert client.post(f"{VIEWS}{view.pk}/delete/").status_code == 404
    client.force_login(erika)
    assert client.post(f"{VIEWS}{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()
    assert client.post(f"{VIEWS}{view.pk}/delete/").status_code == 404


@pytest.mark.parametrize("path", ["filters", "use", "share", "delete"])
def test_a_view_is_changed_by_post_alone(path, client, erika):
    view = view_of(erika)
    assert client.get(f"{VIEWS}{view.pk}/{path}/").status_code == 405


def test_who_is_not_signed_in_is_led_to_login(client, db):
    for path in (VIEWS, "/views/counts/", "/invoices/facets/?of=state"):
        assert client.get(path).status_code == 302


def test_the_page_of_views_asks_no_more_questions_for_more_views(client, erika):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            client.get(VIEWS)
        return len(asked)

    invoice = make_invoice(make_source("a"))
    view_of(erika, "One", f"customer={invoice.customer_id}&source=a", pinned=True)
    few = questions()
    for n in range(20):
        view_of(make_user(), f"More {n}", f"customer={n}&source=a&q=x", shared=True)
    assert questions() == few <= 12


def test_choices_know_their_rows(client, erika):
    source = make_source("Nord")
    make_invoice(source)
    make_invoice(source, state="paid", service_state="PAID", service_decision="approved")
    page = text(client.get("/invoices/facets/?of=state+source&state=draft", headers=HTMX))
    slots = dict(re.findall(r'class="(rows(?: zero)?)" id="n-state-\w+" hx-swap-oob="true">(\d+)<', page))
    assert slots == {"rows": "1", "rows zero": "0"}
    assert re.search(r'id="n-source-\w+" hx-swap-oob="true">1<', page)
    whole = text(client.get("/invoices/facets/?of=state&state=draft"))
    assert '<a href="/invoices/?state=draft&amp;state=paid">Paid</a> <span class="rows">1</span>' in whole
    assert '<a href="/invoices/?view=all" aria-current="true">Draft</a>' in whole


@pytest.mark.parametrize(
    "query", ["", "of=", "of=nothing", "of=number", "of=state&due_from=soon", "of=state&source=X"]
)
@pytest.mark.parametrize("listed", ["invoices", "customers", "items", "decisions", "payments"])
def test_nonsense_about_counts_breaks_nothing(listed, query, client, erika):
    assert client.get(f"/{listed}/facets/?{query}").status_code == 200
    assert client.get(f"/{listed}/facets/?{query}", headers=HTMX).status_code == 200
