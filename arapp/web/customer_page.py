"""One customer with what its page shows beside its row, read in the row's own query where that can be."""

from datetime import date
from typing import Any

from django.db.models import OuterRef
from django.db.models.functions import JSONArray
from django.shortcuts import get_object_or_404

from arapp.debtors.models import Member
from arapp.kept.models import KeptComment
from arapp.ledger.home import at_home
from arapp.people.models import User
from arapp.receivables.folded import Rows, folded, keep_parts
from arapp.receivables.models import Choice, ChoiceKind, Customer, Source
from arapp.web.debtors_shown import owed_of, sides_of, total_owed
from arapp.web.held import worked

NOTES = "kept_comments"
SIDE = ("id", "external_id", "name", "number", "org_no", "vat_no", "kind", "email", "address", "country")
THERE = ("source__id", "source__name", "source__service")
"""What is shown of a customer beside others, and of its source."""
WRITER = ("id", "username", "first_name", "last_name")
"""What a person's name is made of."""


def customer_or_404(pk: int) -> Customer:
    """The customer with its contacts, its notes, and the others of its debtor."""
    contacts = Choice.objects.filter(kind=ChoiceKind.CONTACT, source=OuterRef("source"), of=OuterRef("external_id"))
    others = Member.objects.filter(debtor=OuterRef("membership__debtor")).order_by("pk")
    writers = KeptComment.objects.filter(customer=OuterRef("pk"), person__isnull=False).order_by("-pk")
    known = {
        "contacts": Rows(contacts.values(cells=JSONArray("external_id", "name", "data"))),
        "beside": Rows(others.values(cells=JSONArray(*(f"customer__{name}" for name in (*SIDE, *THERE))))),
        "writers": Rows(writers.values(cells=JSONArray(*(f"person__{name}" for name in WRITER)))),
    }
    joined = Customer.objects.select_related("source__connection", "membership")
    found = get_object_or_404(joined.annotate(worked=worked(), **known, **folded(Customer, NOTES)), pk=pk)
    keep_parts(found, NOTES)
    people = {row[0]: User(**dict(zip(WRITER, row, strict=True))) for row in found.writers}
    for comment in found.kept_comments.all():
        comment.person = people.get(comment.person_id)
    return found


def contacts_of(customer: Customer) -> list[Choice]:
    names = ("external_id", "name", "data")
    return [Choice(**dict(zip(names, row, strict=True))) for row in customer.contacts]


def owed_context(customer: Customer, day: date) -> dict[str, Any]:
    """What it owes by age, together in home currency, and the other customers of its debtor with what they owe."""
    all_of_it = [_customer(row) for row in customer.beside]
    sides = sides_of(all_of_it or [customer], day)
    own = next(side for side in sides if side.customer.pk == customer.pk)
    return {
        "owed_rows": owed_of(customer, own.owed),
        "together": at_home(total_owed([own]), day),
        "debtor": customer.membership.debtor_id if all_of_it else None,
        "sides": sides if all_of_it else [],
    }


def _customer(row: list[Any]) -> Customer:
    """A customer of the debtor with its source, out of the cells."""
    names = [name.removeprefix("source__") for name in THERE]
    source = Source(**dict(zip(names, row[len(SIDE) :], strict=True)))
    return Customer(source=source, **dict(zip(SIDE, row[: len(SIDE)], strict=True)))
