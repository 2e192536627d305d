"""Reading what hooks have named. A hook is a hint and never the truth: the object is fetched by its id and stored."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from arapp.approvals.models import Approval
from arapp.receivables import mirror
from arapp.receivables.models import Invoice, Source
from arapp.receivables.money import AmountError
from arapp.receivables.oneline import one_line
from arapp.receivables.records import InvoiceRecord, Unreadable
from arapp.upstreams import hook_calls, quarantine
from arapp.upstreams.base import (
    INVOICES,
    KIND_OF_STREAM,
    STREAM_OF_KIND,
    Adapter,
    Gone,
    WrongCredentials,
)
from arapp.upstreams.connecting import same_account
from arapp.upstreams.details import refresh
from arapp.upstreams.hook_calls import Claim
from arapp.upstreams.http import Failure, Throttled, Unreachable
from arapp.upstreams.models import Connection, HookState
from arapp.upstreams.registry import open_source
from arapp.upstreams.secrets import SecretLost
from arapp.upstreams.streams import STREAMS
from arapp.upstreams.switching import Closed

log = logging.getLogger("arapp.hooks")

AT_ONCE = 25
"""Objects read before the worker looks around again."""
NO_SERVICE = timedelta(seconds=30)
"""A service that does not answer is left alone for so long."""
PROVED_FOR = timedelta(minutes=15)
"""A reading that began so recently has asked whose account it is."""


class OtherAccount(Failure):
    """The stored credentials reach another account than the source's."""


def read_due(source: Source) -> int:
    """Read what hooks have named and is due; how many objects were asked for. One query when nothing is due.

    Never raises for what a service does. Any number of workers may do this at once.
    """
    if not hook_calls.is_due(source):
        return 0
    connection, now = Connection.objects.filter(pk=source.pk).first(), timezone.now()
    if connection is None or connection.paused:
        return 0
    if connection.postponed_until and connection.postponed_until > now:
        hook_calls.hold(source, connection.postponed_until)
        return 0
    try:
        adapter = open_source(source, tries=1)
    except SecretLost:
        hook_calls.hold(source, now + NO_SERVICE)
        return 0
    with adapter.http:
        return Reader(source, adapter, connection).read()


class Reader:
    """One round over one source."""

    def __init__(self, source: Source, adapter: Adapter, connection: Connection) -> None:
        self.source, self.adapter, self.connection = source, adapter, connection
        self._proved = bool(connection.read_at and timezone.now() - connection.read_at < PROVED_FOR)

    def read(self) -> int:
        """As long as something is due and the service answers."""
        count = 0
        while count < AT_ONCE and (claim := hook_calls.claim(self.source)):
            count += 1
            if not self._read(claim):
                break
        return count

    def _read(self, claim: Claim) -> bool:
        """Read one object. False when the service cannot be asked for others either."""
        try:
            self._prove_account()
            self._fetch_and_store(claim)
        except Closed as error:
            hook_calls.give_back(claim, timezone.now(), str(error))
            return False
        except Throttled as error:
            hook_calls.give_back(claim, error.until, str(error))
            hook_calls.hold(self.source, error.until)
            return False
        except (Unreachable, WrongCredentials, OtherAccount) as error:
            self._later(claim, str(error))
            hook_calls.hold(self.source, timezone.now() + NO_SERVICE)
            return False
        except Gone as error:
            self._not_there(claim, error)
        except (Unreadable, AmountError) as error:
            self._set_aside(claim, getattr(error, "payload", None), str(error))
        except Failure as error:
            self._later(claim, str(error))
        except (DataError, IntegrityError, OverflowError, RecursionError) as error:
            self._set_aside(claim, None, _("The desk cannot store it: %(problem)s") % {"problem": error})
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            self._unexpected(claim, error)
        else:
            hook_calls.settle(claim, HookState.READ)
        return True

    def _prove_account(self) -> None:
        """Nothing of another account is stored: once a round, unless a reading has just asked."""
        if self._proved:
            return
        if not same_account(self.adapter, self.source):
            raise OtherAccount(_("The stored credentials now reach another account. Nothing was read."))
        self._proved = True

    def _fetch_and_store(self, claim: Claim) -> None:
        stream = STREAM_OF_KIND.get(claim.kind, INVOICES)
        if stream in KIND_OF_STREAM:
            self._document(claim)
        else:
            asked_at = timezone.now()
            record = self.adapter.again(stream, claim.external_id)
            STREAMS[stream].write(self.source, [record], asked_at)
        quarantine.clear(self.source, stream, [claim.external_id])

    def _document(self, claim: Claim) -> None:
        known = Invoice.objects.filter(source=self.source, kind=claim.kind, external_id=claim.external_id)
        if invoice := known.select_related("source").first():
            refresh(self.adapter, invoice)
            return
        asked_at = timezone.now()
        record: InvoiceRecord = self.adapter.detail(claim.kind, claim.external_id)
        mirror.write_invoices(self.source, [record], asked_at)
        Approval.objects.catch_up(invoice=known.get())

    def _not_there(self, claim: Claim, error: Gone) -> None:
        """A 404 alone marks nothing gone: a reading of the whole source judges that."""
        hook_calls.settle(claim, HookState.IGNORED, str(error))
        self.connection.want()

    def _set_aside(self, claim: Claim, payload: object, reason: str) -> None:
        stream = STREAM_OF_KIND.get(claim.kind, INVOICES)
        quarantine.put(self.source, stream, claim.external_id, payload, reason)
        hook_calls.settle(claim, HookState.FAILED, reason)

    def _later(self, claim: Claim, reason: str) -> None:
        hook_calls.later(claim, reason)
        if claim.tries >= hook_calls.TRIES:
            self.connection.want()

    def _unexpected(self, claim: Claim, error: Exception) -> None:
        name = one_line(self.source.name)
        log.error(
            "Reading what a hook of %s named failed: %s: %s",
            name,
            type(error).__name__,
            one_line(error),
            exc_info=settings.DEBUG,
        )
        sentence = _("Something unexpected happened here (%(fault)s); see the log.")
        self._later(claim, sentence % {"fault": type(error).__name__})
