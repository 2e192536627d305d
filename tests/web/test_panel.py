"""The panel beside the list: one invoice of it, the ways to its neighbours, and an address that can be shared."""

import re

import pytest

from arapp.receivables import mirror
from arapp.web import panel
from tests.conftest import NOW, invoice_record, make_invoice, make_source

LIST = "/invoices/"
FOR_PANEL = {"HX-Request": "true", "HX-Target": "panel"}


def text(response):
    return response.content.decode()


def ids_of(page):
    return re.findall(r'\sid="([^"]+)"', page)


@pytest.fixture
def three(source):
    return [make_invoice(source, external_id=str(n), number=f"RE{n}", state="open") for n in (1, 2, 3)]


def test_the_address_gives_the_list_with_the_panel_beside_it_and_no_id_twice(signed_in, three):
    page = text(signed_in("approver").get(LIST, {"sort": "number", "show": three[1].pk}))
    assert '<tr id="row-' in page
    assert f'<aside id="panel" aria-labelledby="panel-heading" data-of="{three[1].pk}"' in page
    assert "Consulting" in page
    assert '<h1 id="heading">Invoices</h1>' in page
    found = ids_of(re.sub(r"<template.*?</template>", "", page, flags=re.DOTALL))
    assert sorted(found) == sorted(set(found))


def test_the_panel_leads_to_its_neighbours_and_away_with_the_filters_kept(signed_in, three):
    asked = {"state": "open", "sort": "number", "show": three[1].pk}
    page = text(signed_in("viewer").get(LIST, asked, headers=FOR_PANEL))
    kept = "?state=open&amp;sort=number"
    assert f'rel="prev" href="{kept}&amp;show={three[0].pk}"' in page
    assert f'rel="next" href="{kept}&amp;show={three[2].pk}"' in page
    assert f'id="panel-close" href="{kept}"' in page
    assert f'href="/invoices/{three[1].pk}/"' in page
    assert "2 of 3" in page


def test_at_the_ends_of_the_list_there_is_nowhere_to_go(signed_in, three):
    client = signed_in("viewer")
    first = text(client.get(LIST, {"sort": "number", "show": three[0].pk}, headers=FOR_PANEL))
    last = text(client.get(LIST, {"sort": "number", "show": three[2].pk}, headers=FOR_PANEL))
    assert 'rel="prev"' not in first
    assert 'rel="next"' in first
    assert 'rel="next"' not in last


def test_the_neighbours_of_a_page_lie_beyond_it(signed_in, source):
    mirror.write_invoices(source, [invoice_record(f"m{n:02}") for n in range(60)], NOW)
    numbers = list(source.invoice_set.order_by("number").values_list("pk", flat=True))
    page = text(signed_in("viewer").get(LIST, {"sort": "number", "show": numbers[49]}, headers=FOR_PANEL))
    assert f"show={numbers[50]}" in page
    assert "50 of 60" in page


def test_htmx_gets_the_panel_alone(signed_in, three):
    response = signed_in("viewer").get(LIST, {"show": three[0].pk}, headers=FOR_PANEL)
    assert text(response).startswith('<aside id="panel"')
    assert 'id="list"' not in text(response)
    assert "HX-Target" in response.headers["Vary"]


def test_without_an_invoice_the_panel_is_hidden(signed_in, three):
    assert '<aside id="panel" hidden></aside>' in text(signed_in("viewer").get(LIST))


@pytest.mark.parametrize("asked", ["0", "-1", "abc", "999999999", "9" * 400, "١", "<b>"])
def test_what_is_not_there_gives_the_list_and_a_sentence(asked, signed_in, three):
    client = signed_in("viewer")
    response = client.get(LIST, {"show": asked})
    assert response.status_code == 200
    assert "There is no invoice “" in text(response)
    assert "<b>”" not in text(response)
    assert "RE1" in text(response)
    part = text(client.get(LIST, {"show": asked}, headers=FOR_PANEL))
    assert '<aside id="panel" hidden>' in part
    assert "There is no invoice “" in part


def test_filters_that_make_no_sense_leave_the_panel_without_neighbours(signed_in, three):
    page = text(signed_in("viewer").get(LIST, {"state": "odd", "show": three[0].pk}))
    assert "panel-heading" in page
    assert 'rel="next"' not in page


def test_a_viewer_sees_the_document_and_no_buttons(signed_in, three):
    page = text(signed_in("viewer").get(LIST, {"show": three[0].pk}))
    assert "Deciding needs another role" in page
    assert "/approve/" not in page


def test_whoever_is_not_signed_in_is_led_to_the_sign_in_and_nothing_is_posted_here(client, signed_in, three):
    address = f"{LIST}?show={three[0].pk}"
    assert client.get(address).status_code == 302
    assert signed_in("viewer").post(address).status_code == 405


def test_lines_that_were_not_read_yet_are_read_as_the_panel_opens(signed_in, three, monkeypatch):
    asked = []
    monkeypatch.setattr(panel, "read_now", lambda invoice: asked.append(invoice.pk) or "The service is closed.")
    type(three[0]).objects.filter(pk=three[0].pk).update(detailed_at=None, detail_due=True, digest="")
    page = text(signed_in("viewer").get(LIST, {"show": three[0].pk}, headers=FOR_PANEL))
    assert asked == [three[0].pk]
    assert "The lines could not be read just now: The service is closed." in page


@pytest.mark.parametrize("role", ["viewer", "approver"])
def test_the_panel_takes_the_same_few_queries_however_long_the_list_is(
    role, signed_in, django_assert_max_num_queries
):
    source = make_source("Mat")
    client, shown = signed_in(role), make_invoice(source)
    address = f"{LIST}?sort=due&show={shown.pk}"
    client.get(address)
    with django_assert_max_num_queries(14) as few:
        client.get(address, headers=FOR_PANEL)
    mirror.write_invoices(source, [invoice_record(f"m{n}") for n in range(60)], NOW)
    with django_assert_max_num_queries(14) as more:
        client.get(address, headers=FOR_PANEL)
    assert len(few) == len(more)
    with django_assert_max_num_queries(26):
        client.get(address)
