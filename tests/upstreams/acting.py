"""What tests of acts do: one thing told to a service, and what became of it."""

from collections.abc import Mapping
from typing import Any

from arapp.documents.files import keep
from arapp.outbox.models import Intent
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.upstreams.push import push
from tests.upstreams.pushing import later

Subject = Invoice | Customer | Item | None
FIELD = {Invoice: "invoice", Customer: "customer", Item: "item"}


Files = Mapping[str, tuple[bytes, str]]


def wish(source: Source, kind: str, subject: Subject = None, /, files: Files | None = None, **data: Any) -> Intent:
    """Store an intent as the desk would: ``wish(source, "payment.create", invoice, amount="25.00")``.

    ``files``: by key of the data (``file``): content and name. What is made carries the reference "desk-ref-…".
    """
    kept = {key: keep(content, filename).name for key, (content, filename) in (files or {}).items()}
    concerns = {FIELD[type(subject)]: subject} if subject else {}
    intent = Intent.objects.create(source=source, kind=kind, data=data | kept, **concerns)
    Intent.objects.filter(pk=intent.pk).update(reference=f"desk-ref-{intent.pk}")
    return Intent.objects.get(pk=intent.pk)


def tell(source: Source, kind: str, subject: Subject = None, /, **data: Any) -> Intent:
    """The same, and carried out at once."""
    return carried_out(wish(source, kind, subject, **data))


def carried_out(intent: Intent) -> Intent:
    push(intent.source_id)
    return Intent.objects.get(pk=intent.pk)


def looked_at_again(intent: Intent) -> Intent:
    """A minute and more later: a lost answer is settled by a read, or told again."""
    later(intent, seconds=61)
    push(intent.source_id)
    if Intent.objects.get(pk=intent.pk).state == "pending":
        Intent.objects.filter(pk=intent.pk).update(due_at=intent.created_at)
        push(intent.source_id)
    return Intent.objects.get(pk=intent.pk)
