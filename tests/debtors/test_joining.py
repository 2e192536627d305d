"""Customers are joined to one debtor and split again by people."""

import pytest

from arapp.debtors.joining import dissolve, join, keep_apart, split
from arapp.debtors.models import Apart, Debtor, Member, Step
from arapp.debtors.refusals import Elsewhere, Refused
from tests.debtors.test_proposals import make_customer


@pytest.fixture
def four(db):
    return [make_customer(name=name).pk for name in "ABCD"]


def groups() -> list[list[int]]:
    return [sorted(one.members.values_list("customer", flat=True)) for one in Debtor.objects.order_by("pk")]


def apart() -> set[tuple[int, int]]:
    return set(Apart.objects.values_list("one", "other"))


def test_joining_makes_one_debtor_and_keeps_who_said_so(four, person):
    debtor = join(four[:2], person)
    assert groups() == [four[:2]]
    assert [(step.customer_id, step.kind, step.person) for step in Step.objects.order_by("pk")] == [
        (four[0], "joined", person),
        (four[1], "joined", person),
    ]
    assert join(four[:2], person) == debtor
    assert Step.objects.count() == 2


def test_one_more_comes_to_the_debtor_there_is(four, person):
    debtor = join(four[:2], person)
    assert join([four[1], four[2]], person) == debtor
    assert groups() == [four[:3]]


def test_those_of_two_debtors_come_together_when_somebody_says_so(four, person):
    first = join(four[:2], person)
    join(four[2:], person)
    with pytest.raises(Elsewhere, match="different debtors"):
        join(four[1:3], person)
    assert groups() == [four[:2], four[2:]]
    assert join(four[1:3], person, moving=True) == first
    assert groups() == [four]


@pytest.mark.parametrize("ids", [[], [1], [1, 1], [0, 999_999]])
def test_one_customer_alone_is_not_joined(four, person, ids):
    with pytest.raises(Refused, match="at least two"):
        join([four[0] if one == 1 else one for one in ids], person)


def test_joining_by_hand_overrules_that_they_are_not_the_same(four, person):
    keep_apart(four[:3], person)
    join(four[:2], person)
    assert apart() == {(four[0], four[2]), (four[1], four[2])}


def test_splitting_takes_one_out_and_it_is_not_proposed_again(four, person):
    debtor = join(four[:3], person)
    assert split(debtor, four[0], person)
    assert (groups(), apart()) == ([four[1:3]], {(four[0], four[1]), (four[0], four[2])})
    assert Step.objects.filter(kind="split", customer=four[0], person=person).exists()


def test_the_last_two_part(four, person):
    debtor = join(four[:2], person)
    assert not split(debtor, four[0], person)
    assert (groups(), Member.objects.count(), apart()) == ([], 0, {(four[0], four[1])})


def test_who_is_not_in_it_is_not_split_off(four, person):
    debtor = join(four[:3], person)
    split(debtor, four[0], person)
    with pytest.raises(Refused, match="any more"):
        split(debtor, four[0], person)
    assert groups() == [four[1:3]]


def test_dissolving_leaves_every_customer_by_itself(four, person):
    dissolve(join(four[:3], person), person)
    assert (groups(), len(apart()), Step.objects.filter(kind="split").count()) == ([], 3, 3)


def test_keeping_apart_leaves_alone_what_is_joined(four, person):
    join(four[:2], person)
    keep_apart(four[:3], person)
    keep_apart(four[:3], person)
    assert apart() == {(four[0], four[2]), (four[1], four[2])}
