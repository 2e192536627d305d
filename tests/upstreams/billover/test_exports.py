"""The exports, and the cards that a person chooses from."""

import json

import pytest

from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.base import Gone, NotReady, WrongCredentials
from arapp.upstreams.billover.exports import DEADLINE, EXCEL
from arapp.upstreams.http import BadAnswer, Http, Rejected, Unreachable
from tests.upstreams.billover.driving import finished, said

DAYS = {"from": "2026-03-01", "to": "2026-03-10"}
SPELT = {
    "created_at_from_date": "2026-03-01",
    "from_date": "2026-03-01",
    "created_at_to_date": "2026-03-10",
    "to_date": "2026-03-10",
}


@pytest.mark.parametrize(
    ("name", "kind", "begins"), [("export-csv", "text/csv", b"hf_id,"), ("export-xlsx", EXCEL, b"PK")]
)
def test_an_export_is_one_call_with_the_days_in_query_and_body(name, kind, begins, standin, billover):
    finished(standin)
    found = billover.report(name, DAYS)
    assert (found.content_type, found.filename) == (kind, f"invoices.{name.removeprefix('export-')}")
    assert found.content.startswith(begins)
    (request,) = standin.requests
    assert (request.method, request.path) == ("POST", f"/v1/invoices/{name}")
    assert dict(request.query) == json.loads(request.body) == SPELT
    assert request.headers["accept"] == "*/*"


def test_an_export_without_days_holds_every_invoice(standin, billover):
    content = billover.report("export-csv", {}).content.decode()
    assert standin.requests[-1].body == b"{}"
    for invoice in standin.newest_first():
        assert invoice.hf_id in content


def test_only_the_invoices_of_the_days_are_in_it(standin, billover):
    uid = finished(standin)
    old = standin.newest_first()[-1]
    content = billover.report("export-csv", {"from": "2026-03-10"}).content.decode()
    assert standin.find(uid).hf_id in content
    assert old.hf_id not in content


def test_an_export_has_two_minutes(billover, monkeypatch):
    deadlines = []
    write = Http.write

    def timed(self, *args, **options):
        deadlines.append(options.get("deadline"))
        return write(self, *args, **options)

    monkeypatch.setattr(Http, "write", timed)
    billover.report("export-csv", {})
    assert deadlines == [DEADLINE] == [120.0]


def test_an_export_that_is_being_made_is_not_ready(standin, billover):
    standin.faults.append(Fault(Answer(202)))
    with pytest.raises(NotReady):
        billover.report("export-csv", {})


@pytest.mark.parametrize("key", ["url", "file", "download"])
def test_an_export_behind_an_address_is_fetched_without_the_key(key, standin, billover):
    uid = finished(standin)
    address = billover._invoice(uid)["file"]
    standin.faults.append(Fault(said({"count": 7, key: address}), method="POST"))
    assert billover.report("export-csv", {}).content.startswith(b"%PDF")
    assert "api-key" in standin.requests[-2].headers
    assert "api-key" not in standin.requests[-1].headers


@pytest.mark.parametrize(
    "answer",
    [
        said({"status": "queued"}),
        said(["http://stand-in/files/x"]),
        said({"url": "http://10.0.0.1/x"}),
        Answer(200, b"<html>", (("Content-Type", "text/html"),)),
        Answer(200, b"", ()),
    ],
)
def test_anything_else_is_no_export(answer, standin, billover):
    standin.faults.append(Fault(answer))
    with pytest.raises(BadAnswer):
        billover.report("export-csv", {})
    assert len(standin.requests) == 1


def test_an_export_is_refused_in_the_services_words(standin, billover):
    standin.faults.append(Fault(said({"from_date": ["Enter a valid date."]}, 400)))
    with pytest.raises(Rejected, match="Enter a valid date"):
        billover.report("export-csv", DAYS)


def test_a_lost_export_says_to_try_again(standin, billover):
    standin.faults.append(Fault(standin.server_error()))
    with pytest.raises(Unreachable, match="fewer days"):
        billover.report("export-csv", {})


def test_a_revoked_key_gets_no_export(standin, billover):
    standin.revoked = True
    with pytest.raises(WrongCredentials):
        billover.report("export-csv", {})


def test_there_are_no_other_reports(standin, billover):
    with pytest.raises(Gone):
        billover.report("sie4", {})
    assert standin.requests == []


def test_the_cards_are_chosen_from_by_their_digits(standin, billover):
    cards = billover.choices()["card"]
    assert {card.external_id for card in cards} == set(standin.cards)
    one = standin.cards[cards[0].external_id]
    assert cards[0].name == f"{one.first_four_digits} … {one.last_four_digits}"
    assert [request.path for request in standin.requests] == ["/v1/cards/"] * len(standin.requests)


@pytest.mark.parametrize("status", [403, 404])
def test_cards_that_the_key_may_not_see_are_left_out(status, standin, billover):
    standin.faults.append(Fault(said({"detail": "No."}, status), path="/cards/"))
    assert billover.choices() == {}


def test_a_workspace_without_cards_has_an_empty_list(standin, billover):
    standin.cards.clear()
    assert billover.choices() == {"card": []}
