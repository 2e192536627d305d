"""Writes, each sent once: what an answer proves, and what it leaves open."""

import json

import pytest

from arapp.sandbox.base import Answer, Fault
from arapp.upstreams.base import Gone, WrongCredentials
from arapp.upstreams.http import LostAnswer, Rejected
from tests.upstreams.billomat.wiring import HTML, open_adapter

JSON = (("Content-Type", "application/json"),)


def test_what_is_made_is_named_by_its_id(standin, adapter):
    made = adapter.writes.make("units", "unit", {"name": "Palette"})
    assert standin.find(made, "units")["name"] == "Palette"
    assert [(write.method, write.path, json.loads(write.body)) for write in standin.journal] == [
        ("POST", "/api/units", {"unit": {"name": "Palette"}})
    ]


@pytest.mark.parametrize("answer", [HTML, Answer(201, b"", JSON), Answer(201, b'{"unit": {"name": "x"}}', JSON)])
def test_an_answer_that_names_nothing_leaves_open_what_was_made(standin, adapter, answer):
    standin.faults.append(Fault(answer=answer, after=True, method="POST"))
    with pytest.raises(LostAnswer, match="unit"):
        adapter.writes.make("units", "unit", {"name": "Palette"})
    assert len(standin.journal) == 1


CHANGES = {
    "PUT": lambda adapter, unit: adapter.writes.change("units", "unit", unit, {"name": "Kiste"}),
    "DELETE": lambda adapter, unit: adapter.writes.remove("units", unit),
}


@pytest.mark.parametrize("method", CHANGES)
def test_a_page_in_place_of_an_answer_leaves_open_what_became_of_a_change(standin, adapter, method):
    unit = adapter.writes.make("units", "unit", {"name": "Palette"})
    standin.faults.append(Fault(answer=HTML, after=True, method=method))
    with pytest.raises(LostAnswer):
        CHANGES[method](adapter, unit)


def test_what_is_to_be_removed_and_is_not_there_is_gone(adapter):
    with pytest.raises(Gone):
        adapter.writes.remove("units", "999999")


def test_what_is_to_be_changed_and_is_not_there_is_refused_in_billomats_words(adapter):
    with pytest.raises(Rejected) as caught:
        adapter.writes.change("units", "unit", "999999", {"name": "Kiste"})
    assert (caught.value.status, caught.value.words) == (404, "Row not found")


def test_a_write_with_a_wrong_key_is_no_refusal_of_what_was_written(standin):
    adapter = open_adapter(standin, secret="wrong")
    with pytest.raises(WrongCredentials):
        adapter.writes.make("units", "unit", {"name": "Palette"})
    assert "Palette" not in {row["name"] for row in standin.tables["units"].rows.values()}


def test_a_write_that_names_another_accounts_id_is_refused_though_the_key_is_good(standin, adapter):
    standin.foreign_ids.add(17)
    with pytest.raises(Rejected) as caught:
        adapter.writes.change("units", "unit", "17", {"name": "Kiste"})
    assert caught.value.status == 401
