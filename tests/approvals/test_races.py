"""Several people, one invoice. Runs on SQLite and on PostgreSQL; seen to fail without the guard in ``_move``."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from arapp.approvals.models import Approval, Decision
from arapp.approvals.refusals import AlreadyDecided
from arapp.outbox.models import Intent
from tests.conftest import make_invoice, make_user

THREADS = 8


def at_once(count: int, work: Callable[[int], object]) -> list[object]:
    """Run ``work`` in so many threads that start together; what each returned or raised."""
    gate, results = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        try:
            gate.wait()
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_approve_one_invoice_one_wins_and_seven_are_told_who():
    invoice = make_invoice()
    people = [make_user(f"person{number}") for number in range(THREADS)]
    approvals = [
        Approval.objects.select_related("invoice__source", "invoice__owner").get(pk=invoice.pk) for _ in people
    ]
    results = at_once(THREADS, lambda n: approvals[n].approve(people[n], invoice.digest))
    winners = [result for result in results if isinstance(result, Decision)]
    losers = [result for result in results if isinstance(result, AlreadyDecided)]
    assert (len(winners), len(losers)) == (1, THREADS - 1), results
    assert all(f"{winners[0].person} was first" in str(loser) for loser in losers)
    assert Decision.objects.count() == Intent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_claim_never_both_succeed():
    for _round in range(10):
        invoice, person = make_invoice(), make_user()
        intent = invoice.approval.approve(person, invoice.digest).intent
        approval = Approval.objects.select_related("invoice__source").get(pk=invoice.pk)

        def act(number: int, approval: Approval = approval, intent: Intent = intent) -> object:
            if number:
                return intent.move("sending")
            return approval.reopen(approval.decisions.first().person, approval.invoice.digest)

        withdrawn, claimed = at_once(2, act)
        assert isinstance(withdrawn, Decision) != (claimed is True), (withdrawn, claimed)
        intent.refresh_from_db()
        assert intent.state == ("superseded" if isinstance(withdrawn, Decision) else "sending")


@pytest.mark.django_db(transaction=True)
def test_an_intent_is_claimed_once():
    invoice, person = make_invoice(), make_user()
    intent = invoice.approval.approve(person, invoice.digest).intent
    copies = [Intent.objects.get(pk=intent.pk) for _ in range(THREADS)]
    assert at_once(THREADS, lambda n: copies[n].move("sending")).count(True) == 1
