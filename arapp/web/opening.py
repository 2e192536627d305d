"""What a form for something new holds as it opens, and what is read for it at the service."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from arapp.actions.fields import Field
from arapp.actions.stakes import currency_for
from arapp.actions.table import Action
from arapp.lists.days import today
from arapp.outbox.models import Intent
from arapp.receivables.models import Choice, ChoiceKind, Customer, Source
from arapp.upstreams.details import read_now
from arapp.web.makers import OF_CONTACTS
from arapp.web.typed import kept


def opening(action: Action, source: Source, asked: QueryDict) -> dict[str, Any]:
    """In the words of the action's data: a try that came to nothing (``again``), else what the address names."""
    tried = Intent.objects.filter(source=source, kind=action.name, pk=_number(asked, "again"))
    if told := tried.values_list("data", flat=True).first():
        return told
    if action.name in OF_CONTACTS:
        return _contact(source, kept(asked.get("contact", "")))
    return _invoice(source, asked) if action.name == "invoice.create" else {}


def _invoice(source: Source, asked: QueryDict) -> dict[str, Any]:
    """Of today, in the currency that the service takes for granted, for the customer that the address names."""
    customer = Customer.objects.filter(source=source, pk=_number(asked, "customer")).first()
    new = {"issue_date": today().isoformat(), "currency": currency_for(source, None, {})}
    return new | ({"customer": customer.external_id} if customer else {})


def _contact(source: Source, external_id: str) -> dict[str, Any]:
    found = Choice.objects.filter(source=source, kind=ChoiceKind.CONTACT, external_id=external_id)
    return (found.values_list("data", flat=True).first() or {}) | {"contact": external_id}


def read_contacts(source: Source, fields: Sequence[Field], customer: str) -> None:
    """Contacts are told with their customer alone, so that is read where they can be chosen; failing is no matter."""
    if customer and any(each.of == ChoiceKind.CONTACT for each in fields):
        chosen = Customer.objects.filter(source=source, external_id=customer, gone_at=None).select_related("source")
        for row in chosen:
            read_now(row)


def _number(asked: QueryDict, name: str) -> int | None:
    text = asked.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
