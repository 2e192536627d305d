"""An empty desk for the next schedule, and its log."""

import contextlib
import logging
from collections.abc import Iterator

from django.db import connection, transaction

from arapp.approvals.models import Approval, Decision
from arapp.documents.models import InvoiceDocument, StoredFile
from arapp.kept.models import KeptComment, KeptPayment, KeptTag
from arapp.outbox.models import Intent
from arapp.receivables import models as mirror
from arapp.upstreams import models as upstreams

TABLES = (
    Decision,
    Approval,
    Intent,
    upstreams.Quarantined,
    upstreams.PullRun,
    upstreams.HookCall,
    upstreams.Hook,
    upstreams.Verification,
    upstreams.Connection,
    KeptComment,
    KeptPayment,
    KeptTag,
    InvoiceDocument,
    StoredFile,
    mirror.Snapshot,
    mirror.Paper,
    mirror.Event,
    mirror.Movement,
    mirror.VatRate,
    mirror.Line,
    mirror.SearchText,
    mirror.Invoice.tags.through,
    mirror.Invoice,
    mirror.Customer,
    mirror.Item,
    mirror.Choice,
    mirror.Card,
    mirror.Contact,
    mirror.Owner,
    mirror.Tag,
    mirror.Source,
)


def clear() -> None:
    """An empty desk; quicker than a new database."""
    with transaction.atomic():
        for table in TABLES:
            rows = table.objects.all()
            rows._raw_delete(rows.db)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit TO off")


class _Errors(logging.Handler):
    def __init__(self, troubles: list[str]) -> None:
        super().__init__(logging.ERROR)
        self.troubles = troubles

    def emit(self, record: logging.LogRecord) -> None:
        self.troubles.append(f"the desk says: {record.getMessage()}")


@contextlib.contextmanager
def quiet_logs(troubles: list[str]) -> Iterator[None]:
    """Nothing on the screen; an error of our own code is a failure."""
    log, handler = logging.getLogger("arapp"), _Errors(troubles)
    told, log.propagate = log.propagate, False
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.propagate = told
