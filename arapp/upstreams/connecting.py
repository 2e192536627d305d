"""Connecting an account: prove the credentials with one call, store whose it is, keep the secret encrypted."""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from arapp.receivables import mirror
from arapp.receivables.models import CountsAs, Invoice, Service, Source
from arapp.receivables.money import AmountError
from arapp.receivables.sources import read_second_person
from arapp.receivables.words import DELIVERY_METHODS
from arapp.upstreams.addresses import is_loopback
from arapp.upstreams.base import Account, Adapter, Login
from arapp.upstreams.http import Failure
from arapp.upstreams.models import Connection
from arapp.upstreams.registry import ADAPTERS, open_login

KNOWN_IDS = 5_000
NAME_LENGTH = 60
RENEWABLE = ("account", "account_name", "stand_in", "counts_as", "terms_days", "delivery_method")
"""Of a source that is known; its revision is the mirror's to raise."""

RENEWED = "base_url user secret secret_tail calls_per_second calls_left calls_reset_at postponed_until".split()


class Refused(Exception):
    """A connection that is not made; nothing was stored. The text is a sentence for people."""


@dataclass(frozen=True)
class Wish:
    """What a person asks for. ``None`` keeps what is stored, or takes the default for a new source."""

    name: str
    service: str
    login: Login
    delivery_method: str | None = None
    counts_as: str | None = None
    terms_days: int | None = None
    second_person: str | None = None
    """As ``read_second_person`` takes it."""


def connect(wish: Wish) -> Source:
    """Store or renew a source. Refused with a sentence, and then nothing is stored."""
    _check(wish)
    known = Source.objects.filter(name=wish.name).first()
    if known and known.service != wish.service:
        names = {"name": wish.name, "service": known.get_service_display()}
        raise Refused(_("“%(name)s” is a %(service)s source; choose another name.") % names)
    account = _prove(wish, known)
    try:
        with transaction.atomic():
            return _store(wish, known, account)
    except IntegrityError:
        sentence = _("“%(name)s” was connected by somebody else at this moment.")
        raise Refused(sentence % {"name": wish.name}) from None


def _check(wish: Wish) -> None:
    if wish.service not in ADAPTERS:
        names = {"service": wish.service, "known": ", ".join(ADAPTERS)}
        raise Refused(_("“%(service)s” is not a service; choose one of %(known)s.") % names)
    if not wish.name.strip() or len(wish.name) > NAME_LENGTH or not wish.name.isprintable():
        raise Refused(_("A name has 1 to %(limit)d characters, all of them printable.") % {"limit": NAME_LENGTH})
    if not wish.login.secret:
        raise Refused(_("The secret is empty."))
    if any(c.isspace() or not c.isprintable() for c in wish.login.secret) or not wish.login.secret.isascii():
        raise Refused(_("The secret holds characters that no key of these services has."))
    needed = ADAPTERS[wish.service].needs_user
    if needed and not wish.login.user:
        names = {"service": Service(wish.service).label, "what": needed}
        raise Refused(_("%(service)s needs --user, the %(what)s.") % names)
    _check_delivery(wish)
    _check_url(wish.login.base_url)
    if wish.terms_days is not None and not 0 <= wish.terms_days <= 3650:
        raise Refused(_("Terms are 0 to 3650 days."))
    if wish.second_person is not None:
        _check_second_person(wish.second_person)


def _check_second_person(when: str) -> None:
    try:
        read_second_person(when)
    except AmountError as error:
        sentence = _("%(problem)s A second person is needed always, never, or above an amount such as “1000.00 SEK”.")
        raise Refused(sentence % {"problem": error}) from error


def _check_delivery(wish: Wish) -> None:
    if wish.delivery_method is None:
        return
    if wish.service != Service.BILLOGRAM:
        raise Refused(_("Only Billogram has a delivery method."))
    if wish.delivery_method not in DELIVERY_METHODS:
        names = {"method": wish.delivery_method, "known": ", ".join(DELIVERY_METHODS)}
        raise Refused(_("“%(method)s” is not a delivery method; choose %(known)s.") % names)


def _check_url(base_url: str) -> None:
    if not base_url:
        return
    try:
        parts = urlsplit(base_url)
        host = (parts.hostname or "").encode("idna")
        usable = host and parts.port != 0 and not parts.username and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable or parts.scheme not in ("http", "https"):
        # Whoever writes credentials into an address does not find them on the screen or in a log.
        sentence = _("“%(url)s” is not a base URL; it looks like https://example.org/api.")
        raise Refused(sentence % {"url": re.split(r"[?#]", base_url)[0].rpartition("@")[2]})
    if parts.scheme == "http" and not is_loopback(base_url):
        raise Refused(_("Plain http is accepted for this machine only; use https."))


def _prove(wish: Wish, known: Source | None) -> Account:
    try:
        adapter = open_login(wish.service, wish.login, tries=1, deadline=20.0)
        with adapter.http:
            account = adapter.account()
            if known and not same_account(adapter, known):
                sentence = _(
                    "These credentials belong to another account than “%(name)s”; connect it under a new name."
                )
                raise Refused(sentence % {"name": known.name})
    except Failure as error:
        raise Refused(str(error)) from error
    return account


def same_account(adapter: Adapter, known: Source) -> bool:
    """Whether the credentials reach the account that the source's rows are of."""
    ids = Invoice.objects.filter(source=known, gone_at=None).order_by("-created_at")
    return adapter.is_account(known.account, list(ids.values_list("external_id", flat=True)[:KNOWN_IDS]))


def _store(wish: Wish, known: Source | None, account: Account) -> Source:
    source = known or Source(name=wish.name, service=wish.service)
    base_url = wish.login.base_url or ADAPTERS[wish.service].home(wish.login.user)
    source.account, source.account_name = account.external_id, account.name[:200]
    source.stand_in = is_loopback(base_url)
    source.counts_as = wish.counts_as or source.counts_as or CountsAs.RECEIVABLE
    if wish.terms_days is not None:
        source.terms_days = wish.terms_days
    if wish.service == Service.BILLOGRAM:
        source.delivery_method = wish.delivery_method or source.delivery_method or "Email"
    source.save(update_fields=RENEWABLE if known else None)
    if wish.second_person is not None:
        source.ask_second_person(*read_second_person(wish.second_person))
    if wish.terms_days is not None:
        mirror.apply_terms(source)
    _store_connection(source, wish, base_url)
    return source


def _new_connection(source: Source) -> Connection:
    """Its leases get numbers that no run from before a disconnection may still hold."""
    return Connection(source=source, lease_number=secrets.randbits(40))


def _store_connection(source: Source, wish: Wish, base_url: str) -> None:
    """Written without the lease's columns, which a run may hold at this moment."""
    connection = Connection.objects.filter(source=source).first() or _new_connection(source)
    if connection.base_url != base_url:
        pace = None if is_loopback(base_url) else ADAPTERS[wish.service].calls_per_second
        connection.calls_per_second = pace
    connection.base_url, connection.user = base_url, wish.login.user
    connection.calls_left = connection.calls_reset_at = connection.postponed_until = None
    connection.keep_secret(wish.login.secret)
    if connection._state.adding:
        connection.save(force_insert=True)
    else:
        connection.save(update_fields=RENEWED)
