"""Our own references, and what an invoice is called that carries one."""

import re

import pytest

from arapp.receivables.models import Invoice
from arapp.receivables.references import drawn, is_drawn, plain


def test_each_reference_is_another_one_and_is_known_again():
    first, second = drawn(), drawn()
    assert first != second
    assert is_drawn(first)


@pytest.mark.parametrize("given", ["", "AR-1", "ERP-2026-17", "AR-" + "G" * 20, "AR-" + "0" * 21])
def test_what_somebody_gave_is_not_taken_for_one(given):
    assert not is_drawn(given)


def test_a_draft_is_called_by_what_people_know_it_by():
    assert str(Invoice(external_id="B8s8Y03", short_id=drawn())) == "B8s8Y03"
    assert str(Invoice(external_id="B8s8Y03", short_id="ERP-17")) == "ERP-17"
    assert str(Invoice(external_id="B8s8Y03", short_id="ERP-17", number="1001")) == "1001"


@pytest.mark.parametrize("given", ["AR-0123456789abcdef0123", "SHOP-17", "desk-ref-4"])
def test_a_reference_that_cannot_be_misread_marks_as_it_is(given):
    assert plain(given) == given


@pytest.mark.parametrize("given", ["7", "a]b", "x y", "Ä", "[desk-1]"])
def test_one_that_could_be_misread_marks_by_its_digest(given):
    assert re.fullmatch(r"[0-9a-f]{20}", plain(given))
    assert plain(given) != plain(given + "1")


def test_without_a_reference_there_is_no_mark():
    assert plain("") == ""
