"""The one module that imports httpx: deadlines, retries, pace, size limit, redirect rule, redaction.

| answer | a read | a write |
|---|---|---|
| no connection | again | ``Unreachable``: not sent, the caller may try later |
| connection lost, body cut short of its length, time over | again | ``LostAnswer``: outcome unknown |
| 429 | again after the hint | ``Throttled``: not carried out |
| 500, 502, 503, 504 | again after the hint | ``LostAnswer`` |
| what an adapter calls not ready yet (``not_yet``) | again; then ``Rejected`` | ``Rejected`` |
| other 4xx | never again: ``Rejected`` | never again: ``Rejected`` |
| other 5xx | never again: ``Rejected`` | ``LostAnswer`` |
| HTML, half or wrong JSON with 200, over 20 MB, damaged | never again: ``BadAnswer`` | ``LostAnswer`` |
| redirect to another host | never followed: ``BadAnswer`` | never followed: ``LostAnswer`` |

How long: steps of 2, 4, 8 … 60 seconds, each between half of it and the whole by chance, or the service's hint where
that is longer (``hints``); at most 5 tries a request (1 where a person waits), and 60 seconds of such waiting for a
whole run. What would take longer is ``Throttled`` with the moment until which the source is left alone. Waiting for
our own pace is not counted: it is not trouble. Every try has a deadline, all in: connecting, headers and body.
"""

import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from django.utils.translation import gettext as _

from arapp.upstreams.addresses import is_safe_file
from arapp.upstreams.answers import Answer
from arapp.upstreams.bodies import NotUnpacked, unpacked
from arapp.upstreams.failures import (
    BadAnswer,
    Failure,
    LostAnswer,
    Rejected,
    ServerFault,
    Throttled,
    TooMuchTrouble,
    Unreachable,
    too_slow,
)
from arapp.upstreams.hints import retry_hint, whole
from arapp.upstreams.limits import NoPace, Pace
from arapp.upstreams.network import Deadline, TimedNetwork
from arapp.upstreams.redaction import Redaction

__all__ = ["Answer", "Http", "NoPace", "Pace"]
__all__ += [
    "BadAnswer",
    "Failure",
    "LostAnswer",
    "Rejected",
    "ServerFault",
    "Throttled",
    "TooMuchTrouble",
    "Unreachable",
]

log = logging.getLogger("arapp.http")

LARGEST_BODY = 20 * 1024 * 1024
TRIES = 5
LONGEST_STEP = 60.0
WAIT_PER_RUN = 60.0
TEMPORARY = frozenset({429, 500, 502, 503, 504})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
Files = Mapping[str, tuple[str, bytes, str]]
"""By name of the part: the file's name, its bytes and its type."""


class _TimeOver(Exception):
    """The total time of a call is used up."""


class _Cut(Exception):
    """The body is shorter than the answer said."""


NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL, UnicodeError)
"""No connection, or a host name that none can have: nothing was sent."""
BROKEN = (httpx.TransportError, httpx.DecodingError, *NEVER_LEFT, _TimeOver, _Cut)


def _no_words(status: int, body: Any) -> str:
    return ""


def _never(status: int, body: Any) -> bool:
    return False


@dataclass
class Http:
    """Calls to one service. ``words`` picks the service's own words out of an error body."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)
    words: Callable[[int, Any], str] = _no_words
    not_yet: Callable[[int, Any], bool] = _never
    """Whether a refusal (status and JSON body) only means that a read has to be asked again."""
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
        self._deadline = Deadline(self.monotonic)
        own = {"Accept": "application/json", "User-Agent": "arapp", "Accept-Encoding": "gzip"}
        self._redacted = Redaction(self.headers, self.auth)
        self._client = self._open(auth=self.auth, headers={**own, **self.headers})

    def _open(self, **options: Any) -> httpx.Client:
        transport = self.transport or _transport(self._deadline)
        return httpx.Client(
            transport=transport, follow_redirects=False, timeout=self.deadline, trust_env=False, **options
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
            answer = hint = None
            try:
                answer = self._once("GET", path, query=query, deadline=deadline)
            except BROKEN as error:
                trouble: Failure = Unreachable(self._unreachable(error, deadline))
            else:
                found = self._trouble(answer)
                if found is None:
                    return answer
                trouble = found
                hint = retry_hint(answer.headers, self.now(), answer.body if answer.status == 429 else b"")
            if attempt >= self.tries:
                raise self._in_the_end(trouble, hint)
            self._wait_for(attempt, hint, trouble)

    def _trouble(self, answer: Answer) -> Failure | None:
        """What may pass if asked again; None for an answer that is one. Rejected for a refusal that stays."""
        if answer.status in TEMPORARY:
            return ServerFault(answer.status)
        try:
            self._checked(answer)
        except Rejected as refusal:
            if self.not_yet(refusal.status, refusal.body):
                return refusal
            raise
        return None

    def write(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        json_body: Any = None,
        body: bytes | None = None,
        files: Files | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
    ) -> Answer:
        """A write, sent once; ``files`` as ``multipart/form-data``. LostAnswer when nobody knows whether it acted."""
        extra = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body, default=str).encode()
            extra["Content-Type"] = "application/json"
        try:
            parts = {"content": body, "files": files, "headers": extra}
            answer = self._once(method, path, query=query, deadline=deadline, **parts)
        except NEVER_LEFT as error:
            raise Unreachable(self._unreachable(error, deadline)) from error
        except (*BROKEN, BadAnswer) as error:
            raise LostAnswer(_("The answer of the service was lost; whether it acted is being checked.")) from error
        if answer.status == 429:
            hint = retry_hint(answer.headers, self.now(), answer.body) or LONGEST_STEP
            raise Throttled(_("The service asks to wait."), self.now() + timedelta(seconds=hint))
        if answer.status >= 500:
            sentence = _("The service answered %(status)d; whether it acted is being checked.")
            raise LostAnswer(sentence % {"status": answer.status})
        return self._checked(answer)

    def download(self, url: str) -> Answer:
        """A file at an address the service gave us, without our key. Only https, or the service's own host."""
        if not is_safe_file(url, self.base_url):
            raise BadAnswer(_("The service gave a file address that is not safe to open."))
        with self._open(headers={"User-Agent": "arapp", "Accept-Encoding": "gzip"}) as bare:
            try:
                answer = self._stream(bare, bare.build_request("GET", url), self.deadline)
            except (httpx.HTTPError, *BROKEN) as error:
                raise Unreachable(self._unreachable(error)) from error
        if answer.status in REDIRECTS:
            raise BadAnswer(_("The service's file address leads to another one; it was not followed."))
        return self._checked(answer)

    def _once(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        deadline: float | None = None,
        **parts: Any,
    ) -> Answer:
        """``parts``: ``content``, ``files`` and ``headers`` as httpx takes them."""
        url = f"{self.base_url}{path}"
        for _hop in range(3):
            self._sleep(self.pace.wait())
            request = self._client.build_request(method, url, params=list(query) or None, **parts)
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
        self._deadline.begin(deadline)
        response = client.send(request, stream=True)
        try:
            body = b"".join(self._limited(response))
        finally:
            response.close()
        took = (self.monotonic() - began) * 1000
        log.debug("%s %s %s %.0f ms", request.method, request.url.path, response.status_code, took)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, self._redacted(body))

    def _limited(self, response: httpx.Response) -> Iterator[bytes]:
        """The plain body. BadAnswer when it is too large or cannot be unpacked."""
        size = 0
        try:
            for piece in self._plain(response):
                size += len(piece)
                if size > LARGEST_BODY:
                    raise BadAnswer(_("The service's answer is larger than 20 MB."))
                yield piece
        except NotUnpacked as error:
            raise BadAnswer(_("The service's answer is packed in a way that cannot be unpacked.")) from error

    def _plain(self, response: httpx.Response) -> Iterator[bytes]:
        if response.is_stream_consumed:
            self._check_time()
            return iter([response.content])
        return unpacked(self._whole(response), response.headers.get("content-encoding", "").strip().lower())

    def _whole(self, response: httpx.Response) -> Iterator[bytes]:
        """The body as it came, in time and as long as the answer said."""
        came, promised = 0, whole(response.headers.get("content-length", ""))
        for chunk in response.iter_raw():
            came += len(chunk)
            self._check_time()
            yield chunk
        if promised is not None and came < promised:
            raise _Cut

    def _check_time(self) -> None:
        if self._deadline.is_over():
            raise _TimeOver

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
            raise self._too_long(trouble, wait)
        self.waited += wait
        self._sleep(wait)

    def _too_long(self, trouble: Failure, wait: float) -> Failure:
        """What is only not ready yet holds up nothing else."""
        if isinstance(trouble, Rejected):
            return trouble
        until = self.now() + timedelta(seconds=wait)
        asked_to = isinstance(trouble, ServerFault) and trouble.status == 429
        return Throttled(str(trouble), until) if asked_to else TooMuchTrouble(str(trouble), until)

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.sleep(seconds)

    def _unreachable(self, error: Exception, deadline: float | None = None) -> str:
        host = urlsplit(self.base_url).netloc.rpartition("@")[2]
        if isinstance(error, httpx.TimeoutException | _TimeOver):
            return too_slow(host, round(deadline or self.deadline))
        if isinstance(error, NEVER_LEFT):
            return _("%(host)s cannot be reached.") % {"host": host}
        return _("The connection to %(host)s broke off.") % {"host": host}


def _transport(deadline: Deadline) -> httpx.BaseTransport:
    """The network under a total deadline: the timeouts of httpx begin anew with every byte that comes in."""
    transport = httpx.HTTPTransport(trust_env=False)
    transport._pool._network_backend = TimedNetwork(deadline)
    return transport
