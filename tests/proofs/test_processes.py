"""The desk's promises, proved with real processes: each run says how many cases it tried, and fails with fewer."""

from tests.proofs import kill, races
from tests.proofs.cases import run


def test_after_kill_9_in_a_pull_or_a_push_everything_comes_right(children, told):
    tally = run("kill", 10, lambda seed: kill.case(seed, children))
    assert told(tally), tally.failed
    assert tally.counts["deaths"] >= 10


def test_four_processes_approve_each_of_200_invoices_once_and_tell_it_once(children, told):
    tally = run("races", 1, lambda seed: races.case(seed, children))
    assert told(tally), tally.failed
    assert (tally.counts["approvals"], tally.counts["clear refusals"], tally.counts["effects"]) == (200, 600, 200)
