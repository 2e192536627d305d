"""Customers become one debtor, or stop being one: people say so, and who said it is kept."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from arapp.debtors.models import Apart, Debtor, Member, Step
from arapp.debtors.refusals import Elsewhere, Refused
from arapp.receivables.models import Customer

MOST = 50
"""Customers of one debtor."""


def join(ids: Iterable[int], person: Any, moving: bool = False) -> Debtor:
    """Make these customers one debtor, or add them to the one that some of them belong to.

    ``moving``: those of several debtors come together in the oldest. Refused with a sentence; Elsewhere without
    ``moving``. Of two people at once the second is refused: a customer belongs to one debtor at most.
    """
    wanted = set(Customer.objects.filter(pk__in=set(ids)).values_list("pk", flat=True))
    if len(wanted) < 2:
        raise Refused(_("Choose at least two customers to join."))
    try:
        with transaction.atomic():
            return _joined(wanted, person, moving)
    except IntegrityError:
        raise Refused(_("Somebody else has just joined one of these customers. Look at it again.")) from None


def _joined(wanted: set[int], person: Any, moving: bool) -> Debtor:
    theirs = Member.objects.filter(customer__in=wanted).values("debtor")
    debtors = list(Debtor.objects.select_for_update().filter(pk__in=theirs).order_by("pk"))
    if len(debtors) > 1 and not moving:
        raise Elsewhere(_("Some of these customers belong to different debtors already."))
    debtor = debtors[0] if debtors else Debtor.objects.create()
    moved = set(Member.objects.filter(debtor__in=debtors[1:]).values_list("customer", flat=True))
    here = set(debtor.members.values_list("customer", flat=True))
    if len(here | moved | wanted) > MOST:
        raise Refused(_("At most %(most)d customers are joined as one debtor.") % {"most": MOST})
    _note(Step.Kind.JOINED, debtor, (wanted | moved) - here, person)
    Debtor.objects.filter(pk__in=[one.pk for one in debtors[1:]]).delete()
    new = sorted((wanted | moved) - here)
    Member.objects.bulk_create([Member(debtor=debtor, customer_id=pk, person=person) for pk in new])
    Apart.objects.filter(one__in=here | moved | wanted, other__in=here | moved | wanted).delete()
    return debtor


def keep_apart(ids: Iterable[int], person: Any) -> None:
    """These are not the same: they are not proposed again. Those that are joined already stay so.

    Refused where that leaves nobody to keep apart.
    """
    known = Customer.objects.filter(pk__in=set(ids)).order_by("pk")
    debtors = dict(known.values_list("pk", "membership__debtor"))
    if len(debtors) < 2:
        raise Refused(_("Choose at least two customers to join."))
    pairs = combinations(debtors, 2)
    apart = [(one, other) for one, other in pairs if not debtors[one] or debtors[one] != debtors[other]]
    if not apart:
        raise Refused(_("Somebody else has just joined one of these customers. Look at it again."))
    _part(apart, person)


@transaction.atomic
def split(debtor: Debtor, customer: int, person: Any) -> bool:
    """Take one customer out; the last two part. Whether the debtor is still there. Refused when it is not in it."""
    list(Debtor.objects.select_for_update().filter(pk=debtor.pk))
    members = set(debtor.members.values_list("customer", flat=True))
    gone = {customer} if len(members) > 2 else members
    if customer not in members:
        raise Refused(_("This customer does not belong to the debtor any more."))
    debtor.members.filter(customer__in=gone).delete()
    _note(Step.Kind.SPLIT, debtor, gone, person)
    _part([(customer, other) for other in members - {customer}], person)
    if gone == members:
        debtor.delete()
    return gone != members


@transaction.atomic
def dissolve(debtor: Debtor, person: Any) -> None:
    """All its customers stand by themselves again, and are not proposed as one again."""
    list(Debtor.objects.select_for_update().filter(pk=debtor.pk))
    members = set(debtor.members.values_list("customer", flat=True))
    _note(Step.Kind.SPLIT, debtor, members, person)
    _part(list(combinations(members, 2)), person)
    debtor.delete()


def _part(pairs: list[tuple[int, int]], person: Any) -> None:
    rows = [Apart(one_id=min(pair), other_id=max(pair), person=person) for pair in pairs]
    Apart.objects.bulk_create(rows, ignore_conflicts=True)


def _note(kind: str, debtor: Debtor, customers: Iterable[int], person: Any) -> None:
    rows = [Step(debtor=debtor.pk, customer_id=pk, kind=kind, person=person) for pk in sorted(customers)]
    Step.objects.bulk_create(rows)
