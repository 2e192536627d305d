"""The services' own reports: what a source offers, and the file."""

import pytest

from arapp.actions import reads
from arapp.receivables import mirror
from arapp.receivables.records import ChoiceRecord
from arapp.upstreams.base import Document, Gone, NotReady
from arapp.upstreams.http import Rejected, Unreachable
from tests.conftest import make_source


def text(response):
    return response.content.decode()


def page(source):
    return f"/sources/{source.pk}/reports/"


def download(source):
    return f"/sources/{source.pk}/reports/download/"


@pytest.fixture
def asked(monkeypatch):
    """What the services were asked for, and what they answer."""
    asked = []

    def fetch(wish):
        asked.append((wish.source, wish.data))
        return Document(b"<html>1;2", "text/html", 'a"ü.csv')

    monkeypatch.setitem(reads.READS, "report.download", fetch)
    return asked


def test_reports_of_the_services_list_are_links(signed_in, db):
    source = make_source(service="billogram")
    listed = [ChoiceRecord(kind="report", external_id="sie 4/2026.se", name="SIE4 October")]
    mirror.write_choices(source, {"report": listed})
    shown = text(signed_in("viewer").get(page(source)))
    assert "SIE4 October" in shown
    assert f'href="{download(source)}?report=sie%204%2F2026.se"' in shown


def test_a_source_that_lists_none_says_so(signed_in, db):
    assert "shows no reports" in text(signed_in("viewer").get(page(make_source(service="billogram"))))


@pytest.mark.parametrize(
    ("service", "names", "fields"),
    [("billomat", ["totals"], ["by", "from", "to"]), ("billover", ["export-csv", "export-xlsx"], ["from", "to"])],
)
def test_reports_made_on_demand_ask_for_what_they_need(service, names, fields, signed_in, db):
    shown = text(signed_in("viewer").get(page(make_source(service=service))))
    for name in names:
        assert f'<option value="{name}"' in shown
    for field in fields:
        assert f'name="{field}"' in shown


def test_the_file_is_only_ever_saved(signed_in, db, asked):
    source = make_source(service="billover")
    query = {"report": "export-csv", "from": "2026-01-01", "to": "2026-01-31"}
    response = signed_in("viewer").get(download(source), query)
    assert asked == [(source, query)]
    assert response.content == b"<html>1;2"
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_several_groups_are_given_in_their_order(signed_in, db, asked):
    signed_in().get(download(make_source()), {"report": "totals", "by": "client, month"})
    assert asked[0][1] == {"report": "totals", "by": ["client", "month"]}


def test_a_date_that_is_none_is_422_beside_its_field_and_nothing_is_lost(signed_in, db, asked):
    response = signed_in().get(download(make_source(service="billover")), {"report": "export-xlsx", "from": "soon"})
    shown = text(response)
    assert response.status_code == 422
    assert "must be a day" in shown.split('for="id_from"')[1].split('for="id_to"')[0]
    assert '<option value="export-xlsx" selected>' in shown
    assert not asked


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (NotReady("Still being made."), 202),
        (Gone("No such report."), 404),
        (Rejected(400, "No totals by moon."), 422),
        (Unreachable("It did not answer."), 502),
    ],
)
def test_a_report_that_cannot_be_had_says_why(failure, status, signed_in, db, monkeypatch):
    def fetch(wish):
        raise failure

    monkeypatch.setitem(reads.READS, "report.download", fetch)
    response = signed_in().get(download(make_source()), {"report": "totals"})
    assert response.status_code == status
    assert str(failure) in text(response)


def test_the_page_of_a_source_leads_there(signed_in, db):
    source = make_source()
    assert page(source) in text(signed_in("controller").get(f"/sources/{source.pk}/"))


def test_wrong_methods_strangers_and_sources_that_are_not_there(signed_in, client, db):
    source = make_source()
    assert client.get(page(source)).status_code == 302
    assert client.get(download(source)).status_code == 302
    inside = signed_in("viewer")
    for path in (page(source), download(source)):
        assert inside.post(path).status_code == 405
    assert inside.get("/sources/99/reports/").status_code == 404
