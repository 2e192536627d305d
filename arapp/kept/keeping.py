"""What is written down at the desk alone: comments, tags, and payments of services that know none."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from arapp.kept.models import KeptComment, KeptPayment, KeptTag
from arapp.receivables.models import Customer, Invoice
from arapp.receivables.money import Money


def comment(subject: Invoice | Customer, text: str, person: Any) -> KeptComment:
    """Keep an internal comment on an invoice or a customer."""
    about = {"invoice": subject} if isinstance(subject, Invoice) else {"customer": subject}
    return KeptComment.objects.create(text=text, person=person, **about)


def note(subject: Invoice | Customer, text: str, person: Any, token: UUID) -> None:
    """Keep a note from a form with this token; the same form sent again keeps nothing more.

    A form that somebody went back to and wrote something else in is another note.
    """
    about = {"invoice": subject} if isinstance(subject, Invoice) else {"customer": subject}
    said = {"text": text, "person": person, **about}
    KeptComment.objects.bulk_create([KeptComment(token=token, **said)], ignore_conflicts=True)
    if not KeptComment.objects.filter(token=token, **said).exists():
        KeptComment.objects.bulk_create([KeptComment(token=uuid5(token, text), **said)], ignore_conflicts=True)


def drop_note(pk: int, person: Any) -> bool:
    """Delete a note of one's own. False when it is gone already or somebody else's."""
    return bool(KeptComment.objects.filter(pk=pk, person=person).delete()[0])


@transaction.atomic
def tag(invoice: Invoice, add: Iterable[str], remove: Iterable[str], person: Any) -> None:
    """Put tags on an invoice and take others off; one that is there already stays as it is."""
    KeptTag.objects.filter(invoice=invoice, name__in=list(remove)).delete()
    new = [KeptTag(invoice=invoice, name=name, person=person) for name in dict.fromkeys(add)]
    KeptTag.objects.bulk_create(new, ignore_conflicts=True)


def pay(invoice: Invoice, amount: Money, day: date, method: str, note: str, person: Any) -> KeptPayment:
    """Keep a payment, in the invoice's currency."""
    return KeptPayment.objects.create(
        invoice=invoice,
        amount=amount.minor,
        currency=amount.currency,
        date=day,
        method=method,
        note=note,
        person=person,
    )


def take_back(payment_id: int, invoice: Invoice, person: Any) -> bool:
    """Delete a payment that was wrong; the row stays, with who did it and when. False when it was gone already."""
    standing = KeptPayment.objects.standing().filter(pk=payment_id, invoice=invoice)
    return bool(standing.update(deleted_by=person, deleted_at=timezone.now()))


def paid_at_desk(invoice: Invoice) -> int:
    """What was paid by the desk's own records, in smallest units of the invoice's currency."""
    found: int | None = invoice.kept_payments.standing().aggregate(sum=Sum("amount"))["sum"]
    return found or 0


def open_at_desk(invoice: Invoice) -> Money | None:
    """What is left after the payments that the database holds by now, however long ago the invoice was read."""
    return open_after(invoice, paid_at_desk(invoice))


def open_after(invoice: Invoice, paid: int) -> Money | None:
    """What is left after so many smallest units paid at the desk; None where no amount is known.

    Negative where more was paid than is owed. A service that knows no balance owes its gross.
    """
    owed = invoice.gross if invoice.open is None else invoice.open
    if owed is None or not invoice.currency:
        return None
    return Money(owed - paid, invoice.currency)
