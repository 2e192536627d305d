"""One invoice, customer or item, read in detail at once because somebody has opened it."""

from django.db import DataError, IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from arapp.approvals.models import Approval
from arapp.receivables import mirror
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.receivables.money import AmountError
from arapp.receivables.records import InvoiceRecord, Unreadable
from arapp.upstreams.base import CUSTOMERS, ITEMS, Adapter, Gone
from arapp.upstreams.http import Failure
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost
from arapp.upstreams.streams import STREAMS


@override("en")
def read_now(row: Invoice | Customer | Item) -> str:
    """Read the details into the mirror; "" or a sentence that says what went wrong.

    In English, whoever asks: what the mirror says of a document must not change with its reader.
    """
    try:
        adapter = open_source(row.source, for_person=True)
    except SecretLost as error:
        return str(error)
    with adapter.http:
        try:
            if isinstance(row, Invoice):
                refresh(adapter, row)
            else:
                _read_again(adapter, row)
        except Gone:
            return not_there(row.source)
        except (Failure, Unreadable, AmountError) as error:
            return str(error)
        except (DataError, IntegrityError, OverflowError, RecursionError) as error:
            return _("The desk cannot store it: %(problem)s") % {"problem": error}
    return ""


def _read_again(adapter: Adapter, row: Customer | Item) -> None:
    stream, asked_at = CUSTOMERS if isinstance(row, Customer) else ITEMS, timezone.now()
    STREAMS[stream].write(row.source, [adapter.again(stream, row.external_id)], asked_at)
    row.refresh_from_db()


def not_there(source: Source) -> str:
    """The sentence for a document that its service does not have any more."""
    return _("%(service)s no longer has this document.") % {"service": source.get_service_display()}


def refresh(adapter: Adapter, invoice: Invoice) -> InvoiceRecord:
    """Read one document in detail, store it, and follow up. Returns the record; raises what ``detail`` raises."""
    record = take_in(adapter, invoice)
    Approval.objects.catch_up(invoice=invoice)
    return record


def take_in(adapter: Adapter, invoice: Invoice) -> InvoiceRecord:
    """The same without following up: while an intent is on its way, its approval waits for the end of that."""
    asked_at = timezone.now()
    record = adapter.detail(invoice.kind, invoice.external_id)
    mirror.write_invoices(invoice.source, [record], asked_at)
    invoice.refresh_from_db()
    return record
