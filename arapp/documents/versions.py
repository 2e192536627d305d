"""Each document of an invoice, stored once per version of what it shows."""

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from arapp.documents.files import forget, is_here, store
from arapp.documents.models import InvoiceDocument, StoredFile
from arapp.receivables.models import Invoice


def stored_version(invoice: Invoice, variant: str, version: str) -> StoredFile | None:
    """The file of this version; None where it was not stored yet, or is not on this machine."""
    found = _rows(invoice, variant, version).first()
    return found.file if found and is_here(found.file) else None


def store_version(invoice: Invoice, variant: str, version: str, content: bytes, filename: str) -> StoredFile:
    """Store it, unless somebody else just has: then theirs stands, and ours is removed."""
    file = store(content, filename)
    try:
        with transaction.atomic():
            InvoiceDocument.objects.create(invoice=invoice, variant=variant, version=version, file=file)
    except IntegrityError:
        return _the_one_that_stands(_rows(invoice, variant, version).get(), file)
    return file


def _the_one_that_stands(found: InvoiceDocument, ours: StoredFile) -> StoredFile:
    """The file stored before ours, or ours where that one is not on this machine any more."""
    if is_here(found.file):
        forget(ours)
        return found.file
    InvoiceDocument.objects.filter(pk=found.pk).update(file=ours)
    return ours


def _rows(invoice: Invoice, variant: str, version: str) -> QuerySet[InvoiceDocument]:
    return InvoiceDocument.objects.filter(invoice=invoice, variant=variant, version=version).select_related("file")
