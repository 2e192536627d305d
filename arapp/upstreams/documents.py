"""The document itself (PDF or picture), fetched with our key and stored; no link that carries one leaves the desk."""

import hashlib

from arapp.documents.models import StoredFile
from arapp.documents.versions import store_version, stored_version
from arapp.receivables.models import Invoice
from arapp.upstreams.base import Document
from arapp.upstreams.http import Failure
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost


def stored_document(invoice: Invoice, variant: str = "") -> StoredFile:
    """The document as the invoice is now, fetched the first time it is asked for in this version.

    ``variant`` as in ``Adapter.document``. Raises what ``fetch_document`` raises, and Unfit for a disk that is full.
    """
    version = version_of(invoice, variant)
    if found := stored_version(invoice, variant, version):
        return found
    document = fetch_document(invoice, variant)
    return store_version(invoice, variant, version, document.content, document.filename)


def fetch_document(invoice: Invoice, variant: str = "") -> Document:
    """The document of an invoice. NotReady while it is being made, Gone when there is none, other Failures."""
    try:
        adapter = open_source(invoice.source, for_person=True)
    except SecretLost as error:
        raise Failure(str(error)) from error
    with adapter.http:
        return adapter.document(invoice.kind, invoice.external_id, variant)


def version_of(invoice: Invoice, variant: str) -> str:
    """Digest of what the document shows; while a change of it has not been read in detail, of its row in the list."""
    content = invoice.row_digest if invoice.detail_due else invoice.digest
    shown = (content, invoice.number, invoice.service_state, variant)
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()
