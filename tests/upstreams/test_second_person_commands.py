"""``source --second-person`` and ``connect --second-person``: when somebody else is needed, from the command line."""

import io

import pytest
from django.core.management import CommandError, call_command

from arapp.receivables.models import Source
from tests.conftest import make_source
from tests.upstreams.conftest import Desk

NONSENSE = ["", "sometimes", "1000", "SEK", "1000 KRONOR", "1.005 SEK", "0 SEK", "-5 SEK", "1,000.00 SEK", "NaN SEK"]


def rule(name: str) -> tuple[str, int | None, str]:
    source = Source.objects.get(name=name)
    return source.second_person, source.second_person_above, source.second_person_currency


@pytest.mark.parametrize(
    ("when", "stored", "words"),
    [
        ("always", ("always", None, ""), "always"),
        ("Never", ("never", None, ""), "never"),
        ("1000.00 SEK", ("above", 100_000, "SEK"), "above 1,000.00 SEK"),
        (" 500  jpy ", ("above", 500, "JPY"), "above 500 JPY"),
    ],
)
def test_source_stores_it_and_says_how_it_is(db, when, stored, words):
    make_source("Main")
    for _again in range(2):
        out = io.StringIO()
        call_command("source", "Main", "--second-person", when, stdout=out)
        assert f"Main: a second person is needed: {words}." in out.getvalue()
        assert rule("Main") == stored


@pytest.mark.parametrize("when", NONSENSE)
def test_source_refuses_nonsense_with_2_and_changes_nothing(db, when):
    make_source("Main")
    with pytest.raises(CommandError) as refused:
        call_command("source", "Main", f"--second-person={when}")
    assert refused.value.returncode == 2
    assert rule("Main") == ("always", None, "")


def test_connect_takes_it_for_a_new_source_and_without_it_keeps_what_is_stored(connected: Desk, monkeypatch):
    known, stand_in = connected("billogram")
    login = stand_in.credentials()
    monkeypatch.setenv("TEST_SECRET", login["secret"])
    options = {"base_url": known.connection.base_url, "user": login["user"], "secret_env": "TEST_SECRET"}
    call_command("connect", "second", "billogram", **options, second_person="250 SEK", stdout=io.StringIO())
    assert rule("second") == ("above", 25_000, "SEK")
    call_command("connect", "second", "billogram", **options, stdout=io.StringIO(), stderr=io.StringIO())
    assert rule("second") == ("above", 25_000, "SEK")


def test_connect_refuses_nonsense_before_it_calls_anybody(connected: Desk, monkeypatch):
    known, stand_in = connected("billogram")
    before = len(stand_in.requests)
    monkeypatch.setenv("TEST_SECRET", "x")
    options = {"base_url": known.connection.base_url, "user": "u", "secret_env": "TEST_SECRET"}
    with pytest.raises(CommandError, match="always, never, or above an amount") as refused:
        call_command("connect", "second", "billogram", **options, second_person="sometimes")
    assert refused.value.returncode == 2
    assert len(stand_in.requests) == before
    assert not Source.objects.filter(name="second").exists()
