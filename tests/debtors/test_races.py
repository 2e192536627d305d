"""Two people at once: a customer belongs to one debtor at most, and whoever is second is told."""

import threading

import pytest
from django.db import connection

from arapp.debtors.joining import join
from arapp.debtors.models import Debtor, Member
from arapp.debtors.refusals import Refused
from tests.debtors.test_proposals import make_customer


@pytest.mark.django_db(transaction=True)
def test_of_two_who_join_the_same_customer_at_once_nobody_gets_half():
    a, b, c = (make_customer(name=name).pk for name in "ABC")
    start, refused = threading.Barrier(2), []

    def run(ids: list[int]) -> None:
        try:
            start.wait()
            join(ids, None)
        except Refused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(ids,)) for ids in ([a, b], [b, c])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    members = list(Member.objects.order_by("customer").values_list("customer", flat=True))
    assert Debtor.objects.count() == 1
    assert len(members) == 3 - len(refused)
    assert len(set(members)) == len(members)
    assert all("Somebody else" in sentence for sentence in refused)
