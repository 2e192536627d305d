"""Lost answers, in this process."""

import pytest

from tests.proofs.cases import run
from tests.proofs.lost import Lost


@pytest.mark.django_db(transaction=True)
def test_each_decision_whose_answers_are_lost_has_one_effect_or_none(no_sleep, told):
    lost = Lost(50)
    try:
        tally = run("lost", 50, lost.case)
    finally:
        lost.close()
    assert told(tally), tally.failed
    assert len([what for what in tally.counts if " at " in what]) == 6
