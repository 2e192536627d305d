"""Our own references, and what an invoice is called that carries one."""

import pytest

from arapp.receivables.models import Invoice
from arapp.receivables.references import drawn, is_drawn


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
