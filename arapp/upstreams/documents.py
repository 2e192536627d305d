"""The document itself (PDF or picture), fetched on demand with our key; no link that carries one leaves the desk."""

from arapp.receivables.models import Invoice
from arapp.upstreams.base import Document
from arapp.upstreams.http import Failure
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost


def fetch_document(invoice: Invoice) -> Document:
    """The document of an invoice. NotReady while it is being made, Gone when there is none, other Failures."""
    try:
        adapter = open_source(invoice.source, for_person=True)
    except SecretLost as error:
        raise Failure(str(error)) from error
    with adapter.http:
        return adapter.document(invoice.kind, invoice.external_id)
