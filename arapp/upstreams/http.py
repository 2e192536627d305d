"""The one module that imports httpx: deadlines, retries, pace, size limit, redirect rule, redaction.

| answer | a read | a write |
|---|---|---|
| no connection | again | not sent; the caller may try later |
| connection lost, time over | again | ``LostAnswer``: outcome unknown |
| 429 | again after the hint | ``Throttled``, not carried out |
| 500, 502, 503, 504 | again | ``LostAnswer`` |
| other 4xx | ``Rejected`` | ``Rejected`` |
| HTML, cut or wrong JSON with 200 | ``BadAnswer`` | ``LostAnswer`` |
"""

import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import httpx
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.upstreams.addresses import is_public_name
from arapp.upstreams.hints import retry_hint

log = logging.getLogger("arapp.http")

LARGEST_BODY = 20 * 1024 * 1024
TRIES = 5
LONGEST_STEP = 60.0
WAIT_PER_RUN = 60.0
TEMPORARY = frozenset({429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
BOM = b"\xef\xbb\xbf"


class Failure(Exception):
    """A call that did not give what was asked for. Its text is a sentence for people, without secrets."""


class Unreachable(Failure):
    """No connection, or the answer to a read was lost after all tries."""


class LostAnswer(Failure):
    """A write whose outcome is unknown."""


class BadAnswer(Failure):
    """An answer that is not what the reference promises: HTML, cut, wrong type, too large."""


class ServerFault(Failure):
    """The service failed on a read after all tries, with this HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(_("The service answered %(status)d and did not recover.") % {"status": status})
        self.status = status


class Throttled(Failure):
    """The service, or our own pace, asks for more patience than a run has. ``until`` says how long."""

    def __init__(self, sentence: str, until: datetime) -> None:
        super().__init__(sentence)
        self.until = until


class Rejected(Failure):
    """An answer of 4xx; ``words`` are the service's own."""

    def __init__(self, status: int, words: str, body: Any = None) -> None:
        sentence = _("The service answered %(status)d: %(words)s") if words else _("The service answered %(status)d.")
        super().__init__(sentence % {"status": status, "words": words})
        self.status, self.words, self.body = status, words, body


class _TimeOver(Exception):
    """The total time of a call is used up."""


NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL, UnicodeError)
"""No connection, or a host name that none can have: nothing was sent."""
BROKEN = (httpx.TransportError, httpx.DecodingError, *NEVER_LEFT, _TimeOver)


class Pace(Protocol):
    """What limits our calls across processes. The default limits nothing."""

    def wait(self) -> float:
        """Seconds to wait before the next call. Throttled when that is longer than a run may wait."""

    def heard(self, headers: Mapping[str, str]) -> None:
        """Learn from the headers (names in lower case) of an answer."""


class NoPace:
    def wait(self) -> float:
        return 0.0

    def heard(self, headers: Mapping[str, str]) -> None:
        return None


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> Any:
        """The body as JSON with exact numbers. BadAnswer when it is none."""
        try:
            plain = self.body.removeprefix(BOM).decode("utf-8")
            return json.loads(plain, parse_float=_exact, parse_constant=_refuse)
        except (ValueError, ArithmeticError, RecursionError) as error:
            kind = self.headers.get("content-type", _("no type")).split(";")[0][:60]
            sentence = _("The service answered %(status)d with %(kind)s that is not readable JSON.")
            raise BadAnswer(sentence % {"status": self.status, "kind": kind}) from error

    def object(self) -> dict[str, Any]:
        """The body as a JSON object. BadAnswer when it is none."""
        value = self.json()
        if not isinstance(value, dict):
            sentence = _("The service answered %(status)d with JSON that is not an object.")
            raise BadAnswer(sentence % {"status": self.status})
        return value


def _exact(text: str) -> Decimal:
    return Decimal(text)


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is not a number")


def _no_words(status: int, body: Any) -> str:
    return ""


@dataclass
class Http:
    """Calls to one service. ``words`` picks the service's own words out of an error body."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)
    words: Callable[[int, Any], str] = _no_words
    pace: Pace = field(default_factory=NoPace)
    tries: int = TRIES
    deadline: float = 30.0
    """Seconds for one try, all in."""
    transport: Any = None
    """For tests: an httpx transport in place of the network."""
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        self.requests = 0
        self.waited = 0.0
        self._client = httpx.Client(
            transport=self.transport,
            auth=self.auth,
            headers={"Accept": "application/json", "User-Agent": "arapp", **self.headers},
            follow_redirects=False,
            timeout=self.deadline,
            trust_env=False,
        )

    def __enter__(self) -> "Http":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, query: Sequence[tuple[str, str]] = (), *, deadline: float | None = None) -> Answer:
        """A read, tried again when that can help. Failure otherwise."""
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = self._once("GET", path, query=query, deadline=deadline)
            except BROKEN as error:
                trouble: Failure = Unreachable(self._unreachable(error))
                hint = None
            else:
                if answer.status not in TEMPORARY:
                    return self._checked(answer)
                trouble = ServerFault(answer.status)
                hint = retry_hint(answer.headers, self.now())
            if attempt >= self.tries:
                raise self._in_the_end(trouble, hint)
            self._wait_for(attempt, hint, trouble)

    def write(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
    ) -> Answer:
        """A write, sent once. LostAnswer when nobody knows whether it took effect."""
        extra = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body, default=str).encode()
            extra["Content-Type"] = "application/json"
        try:
            answer = self._once(method, path, body=body, headers=extra, deadline=deadline)
        except NEVER_LEFT as error:
            raise Unreachable(self._unreachable(error)) from error
        except (*BROKEN, BadAnswer) as error:
            raise LostAnswer(_("The answer of the service was lost; whether it acted is being checked.")) from error
        if answer.status == 429:
            hint = retry_hint(answer.headers, self.now()) or LONGEST_STEP
            raise Throttled(_("The service asks to wait."), self.now() + timedelta(seconds=hint))
        if answer.status >= 500:
            sentence = _("The service answered %(status)d; whether it acted is being checked.")
            raise LostAnswer(sentence % {"status": answer.status})
        return self._checked(answer)

    def download(self, url: str) -> Answer:
        """A file at an address the service gave us, without our key. Only https, or the service's own host."""
        if not self._safe(url):
            raise BadAnswer(_("The service gave a file address that is not safe to open."))
        with httpx.Client(transport=self.transport, follow_redirects=False, trust_env=False) as bare:
            try:
                answer = self._stream(bare, bare.build_request("GET", url), self.deadline)
            except (httpx.HTTPError, *BROKEN) as error:
                raise Unreachable(self._unreachable(error)) from error
        if answer.status in REDIRECTS:
            raise BadAnswer(_("The service's file address leads to another one; it was not followed."))
        return self._checked(answer)

    def _safe(self, url: str) -> bool:
        try:
            parts, own = urlsplit(url), urlsplit(self.base_url)
            host = parts.hostname or ""
        except ValueError:
            return False
        same_host = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        return same_host or (parts.scheme == "https" and is_public_name(host))

    def _once(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
    ) -> Answer:
        url = f"{self.base_url}{path}"
        for _hop in range(3):
            self._sleep(self.pace.wait())
            request = self._client.build_request(
                method, url, params=list(query) or None, content=body, headers=headers
            )
            answer = self._stream(self._client, request, deadline or self.deadline)
            self.pace.heard(answer.headers)
            if answer.status not in REDIRECTS:
                return answer
            url, query = self._redirected(method, str(request.url), answer), ()
        raise BadAnswer(_("The service redirects in a circle."))

    def _redirected(self, method: str, url: str, answer: Answer) -> str:
        """Where to repeat the call: the same host only, and for writes only a slash more or less."""
        target = urljoin(url, answer.headers.get("location", ""))
        old, new = urlsplit(url), urlsplit(target)
        same_host = (old.scheme, old.netloc) == (new.scheme, new.netloc)
        if not same_host or (method != "GET" and old.path.rstrip("/") != new.path.rstrip("/")):
            raise BadAnswer(_("The service redirects to another address; the key is not sent there."))
        return target if new.query or not old.query else f"{target}?{old.query}"

    def _stream(self, client: httpx.Client, request: httpx.Request, deadline: float) -> Answer:
        self.requests += 1
        began = self.monotonic()
        response = client.send(request, stream=True)
        try:
            body = b"".join(self._limited(response, began + deadline))
        finally:
            response.close()
        log.debug(
            "%s %s %s %.0f ms",
            request.method,
            request.url.path,
            response.status_code,
            (self.monotonic() - began) * 1000,
        )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body)

    def _limited(self, response: httpx.Response, until: float) -> Iterator[bytes]:
        size = 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > LARGEST_BODY:
                raise BadAnswer(_("The service's answer is larger than 20 MB."))
            if self.monotonic() > until:
                raise _TimeOver
            yield chunk

    def _checked(self, answer: Answer) -> Answer:
        if answer.status < 400:
            return answer
        try:
            body = answer.json()
        except BadAnswer:
            body = None
        raise Rejected(answer.status, self.words(answer.status, body)[:500], body)

    def _in_the_end(self, trouble: Failure, hint: float | None) -> Failure:
        """A service that only asks to wait is asked again later; another trouble is a failure."""
        if isinstance(trouble, ServerFault) and trouble.status == 429:
            return Throttled(str(trouble), self.now() + timedelta(seconds=hint or LONGEST_STEP))
        return trouble

    def _wait_for(self, attempt: int, hint: float | None, trouble: Failure) -> None:
        step = min(2.0**attempt, LONGEST_STEP)
        wait = max(step / 2 + random.uniform(0, step / 2), hint or 0.0)
        if self.waited + wait > WAIT_PER_RUN:
            raise Throttled(str(trouble), self.now() + timedelta(seconds=wait)) from trouble
        self.waited += wait
        self._sleep(wait)

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.sleep(seconds)

    def _unreachable(self, error: Exception) -> str:
        host = urlsplit(self.base_url).netloc.rpartition("@")[2]
        if isinstance(error, httpx.TimeoutException | _TimeOver):
            return _too_slow(host, round(self.deadline))
        if isinstance(error, NEVER_LEFT):
            return _("%(host)s cannot be reached.") % {"host": host}
        return _("The connection to %(host)s broke off.") % {"host": host}


def _too_slow(host: str, seconds: int) -> str:
    sentence = ngettext(
        "%(host)s did not answer in %(seconds)d second.", "%(host)s did not answer in %(seconds)d seconds.", seconds
    )
    return sentence % {"host": host, "seconds": seconds}
