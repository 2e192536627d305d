"""The comparison of the desk with a service, on the page of its source and wherever it says how the source is."""

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from arapp.people.models import Role
from arapp.upstreams.models import Connection, PullRun, Verification
from tests.conftest import make_invoice, make_source

FIGURES = [
    {
        "kind": "invoice",
        "currency": "EUR",
        "here": {"count": 1024, "gross": "1234567.80", "open": "119.00"},
        "there": {"count": 1025, "gross": "1234686.80", "open": "119.00"},
    },
    {"kind": "customer", "currency": "", "here": {"count": 3}, "there": {"count": 3}},
]


def difference(external_id, what, kind="invoice", here="119.00", there="238.00", number=""):
    return {
        "kind": kind,
        "external_id": external_id,
        "number": number,
        "what": what,
        "here": here,
        "there": there,
    }


@pytest.fixture
def desk(signed_in):
    return signed_in(Role.CONTROLLER)


def section(desk, source):
    page = html.unescape(desk.get(f"/sources/{source.pk}/").content.decode())
    return page.split('id="comparison"')[1].split("</section>")[0]


def everywhere(desk, source):
    return [html.unescape(desk.get(path).content.decode()) for path in ("/", "/sources/", f"/sources/{source.pk}/")]


def test_before_the_first_one_it_says_so_and_how_to_compare(desk, db):
    part = section(desk, make_source("Main account"))
    assert "It has not been compared yet." in part
    assert "manage.py verify 'Main account'" in part


def test_counts_and_sums_stand_side_by_side_and_say_which_differ(desk, source):
    Verification.objects.create(source=source, status="different", figures=FIGURES, error="There is 1 difference.")
    part = section(desk, source)
    assert "They differ" in part
    assert "There is 1 difference." in part
    for words in ("1,024", "1,025", "1,234,567.80", "1,234,686.80", "119.00"):
        assert words in part
    assert part.count("differs</small>") == 2


def test_each_difference_is_named_and_leads_to_what_the_desk_has(desk, source):
    invoice = make_invoice(source, external_id="7", number="RE7")
    other = make_invoice(make_source("other"), external_id="8", number="RE8")
    found = [
        difference("7", "gross", number="RE7"),
        difference("8", "missing here", here="", number="RE8"),
        difference("9", "missing there", there=""),
        difference("10", "could not be read", there="Odd."),
        difference("c1", "name", "customer", "Muster AG", "Meister AG"),
    ]
    Verification.objects.create(source=source, status="different", differences=found)
    part = section(desk, source)
    assert f'<a href="/invoices/{invoice.pk}/">RE7</a>' in part
    assert f'<a href="/customers/{invoice.customer_id}/">c1</a>' in part
    assert f"/invoices/{other.pk}/" not in part
    for words in ("Gross", "Missing here", "Missing at Billomat", "Could not be read", "Meister AG", "238.00"):
        assert words in part


def test_an_invoice_and_a_credit_note_with_one_id_are_told_apart(desk, source):
    invoice = make_invoice(source, external_id="7")
    note = make_invoice(source, external_id="7", kind="credit_note")
    found = [difference("7", "gross", number="A"), difference("7", "gross", "credit_note", number="B")]
    Verification.objects.create(source=source, status="different", differences=found)
    part = section(desk, source)
    assert f'<a href="/invoices/{invoice.pk}/">A</a>' in part
    assert f'<a href="/invoices/{note.pk}/">B</a>' in part


def test_many_differences_are_folded_away_and_all_there(desk, source):
    found = [difference(str(number), "gross", number=f"N{number};") for number in range(300)]
    Verification.objects.create(source=source, status="different", differences=found)
    part = section(desk, source)
    assert all(f"N{number};" in part for number in range(300))
    assert "290 more" in part
    assert part.index("N9;") < part.index("<details") < part.index("N10;")


@pytest.mark.parametrize(
    ("count", "words"), [(1, "in 1 place."), (3, "in 3 places."), (500, "in at least 500 places.")]
)
def test_a_source_that_differs_says_so_on_every_page(count, words, desk, source):
    found = [difference(str(number), "gross") for number in range(count)]
    Verification.objects.create(source=source, status="different", differences=found)
    for page in everywhere(desk, source):
        assert f"It differs from Billomat {words}" in page


def test_a_comparison_that_failed_says_why_on_every_page(desk, source):
    Verification.objects.create(source=source, status="failed", error="It <b>did</b> not answer.")
    for page in everywhere(desk, source):
        assert "The last comparison with Billomat failed: It <b>did</b> not answer." in page


def test_two_that_agree_are_no_trouble(desk, source):
    Verification.objects.create(source=source, status="different", differences=[difference("1", "gross")])
    Verification.objects.create(source=source, status="ok")
    for page in everywhere(desk, source):
        assert "It differs" not in page
    assert "They agree" in section(desk, source)


def test_while_one_goes_on_the_last_one_stays_and_the_source_says_what_it_does(desk, source):
    Verification.objects.create(source=source, status="different", figures=FIGURES)
    Verification.objects.create(source=source, status="running")
    Connection.objects.update(lease_until=timezone.now() + timedelta(seconds=60))
    PullRun.objects.create(source=source, status="ok")
    assert "1,025" in section(desk, source)
    for page in everywhere(desk, source):
        assert "Being compared now" in page
    PullRun.objects.create(source=source, status="running")
    assert "Being read now" in everywhere(desk, source)[0]


def test_another_source_is_not_blamed(desk, source):
    other = make_source("other")
    Verification.objects.create(source=source, status="different", differences=[difference("1", "gross")])
    assert "It has not been compared yet." in section(desk, other)
    assert desk.get("/").content.decode().count("It differs") == 1
