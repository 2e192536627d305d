"""Which adapter speaks for which service, and how one is opened for a source."""

from typing import Any

from arapp.receivables.models import Service, Source
from arapp.upstreams.base import Adapter, Login
from arapp.upstreams.billogram import Billogram
from arapp.upstreams.billomat import Billomat
from arapp.upstreams.billover import Billover
from arapp.upstreams.http import TRIES, Http
from arapp.upstreams.switching import Switchable, connection_of

ADAPTERS: dict[str, type[Adapter]] = {
    Service.BILLOGRAM: Billogram,
    Service.BILLOVER: Billover,
    Service.BILLOMAT: Billomat,
}

TRANSPORTS: dict[str, Any] = {}
"""By base URL: what stands in for the network. Tests put stand-ins here; empty in life."""


def open_login(service: str, login: Login, **http: Any) -> Adapter:
    """An adapter for credentials that are not stored yet. The caller closes ``adapter.http``."""
    adapter = ADAPTERS[service]
    base_url = login.base_url or adapter.home(login.user)
    transport = TRANSPORTS.get(base_url.rstrip("/"))
    return adapter(Http(base_url, transport=transport, **adapter.http_options(login), **http), login)


def open_source(source: Source, *, for_person: bool = False, **http: Any) -> Adapter:
    """The adapter of a source. The caller closes ``adapter.http``.

    ``for_person``: somebody is waiting: one try, ten seconds, and the part of the rate budget kept for people.
    SecretLost when the stored secret cannot be opened or is forgotten; a source that is paused raises Closed (a
    Failure) when it is called.
    """
    connection = connection_of(source)
    login = Login(secret=connection.plain_secret(), user=connection.user, base_url=connection.base_url)
    http.setdefault("tries", 1 if for_person else TRIES)
    http.setdefault("deadline", 10.0 if for_person else 30.0)
    return open_login(source.service, login, pace=Switchable(connection, for_person=for_person), **http)
