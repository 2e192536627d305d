"""What the three stand-ins share: a clock that can be moved, a journal of writes, faults on demand, WSGI plumbing.

A stand-in follows the published reference of its service and nothing of our own reading of it.
"""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl


class Dropped(Exception):
    """The connection ends here without an answer; a server closes the socket, a test turns it into a read error."""


class Clock:
    """The stand-in's own time, in UTC. It follows the machine's clock until it is set or moved."""

    def __init__(self, now: datetime | None = None) -> None:
        self._fixed = now
        self._shift = timedelta()

    def now(self) -> datetime:
        return (self._fixed or datetime.now(UTC)) + self._shift

    def set(self, now: datetime) -> None:
        """Stand still at a moment."""
        self._fixed, self._shift = now, timedelta()

    def follow(self) -> None:
        """Follow the machine's clock again."""
        self._fixed, self._shift = None, timedelta()

    def move(self, **step: float) -> None:
        """Move the clock by a timedelta given in words, for example ``move(days=3)``."""
        self._shift += timedelta(**step)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    def first(self, name: str, default: str | None = None) -> str | None:
        return next((value for key, value in self.query if key == name), default)

    def every(self, name: str) -> list[str]:
        return [value for key, value in self.query if key == name]

    def json(self) -> Any:
        """The body as JSON with exact decimals; ValueError when it is none."""
        return json.loads(self.body.decode("utf-8"), parse_float=Decimal)


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Write:
    """One request that was meant to change something, and what came of it."""

    at: datetime
    method: str
    path: str
    body: bytes
    status: int


@dataclass
class Fault:
    """One thing that goes wrong for the next ``times`` requests that match.

    ``after`` lets the request take effect first; ``drop`` ends the connection without an answer;
    ``change`` rewrites the true answer (cut it, thin it); otherwise ``answer`` is given instead.
    """

    answer: Answer | None = None
    times: int = 1
    skip: int = 0
    method: str | None = None
    path: str = ""
    """Part of the path that must occur."""
    after: bool = False
    drop: bool = False
    change: Callable[[Answer], Answer] | None = None

    def meets(self, request: Request) -> bool:
        if self.times <= 0 or (self.method and self.method != request.method) or self.path not in request.path:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return True


@dataclass
class StandIn:
    """A WSGI application that behaves like one service. Subclasses give ``service`` and ``answer``."""

    seed: int = 7
    invoices: int = 200
    clock: Clock = field(default_factory=Clock)

    service = ""
    base_path = ""
    """What follows host and port in the base URL a client is given."""

    def __post_init__(self) -> None:
        self.journal: list[Write] = []
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        """Every request in the order it came, reads included."""
        self.after_write: Callable[[Request, Answer], None] | None = None
        """Called after each write was carried out, so that it can be kept."""
        self.before_request: Callable[[Request], None] | None = None
        """Called ahead of each request, so that a test can change the data in mid-walk."""
        self._lock = threading.RLock()
        self.fill()

    def fill(self) -> None:
        """Make the seeded data."""
        raise NotImplementedError

    def credentials(self) -> dict[str, str]:
        """``user`` (may be empty) and ``secret`` that a client needs."""
        raise NotImplementedError

    def totals(self) -> dict[tuple[str, str], dict[str, Decimal]]:
        """Per (kind, currency): ``count``, ``gross`` and ``open`` as this service would add them up."""
        raise NotImplementedError

    def answer(self, request: Request) -> Answer:
        raise NotImplementedError

    def server_error(self) -> Answer:
        """What the service says when a stand-in's own code fails."""
        return Answer(500, b"")

    def handle(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            if self.before_request:
                self.before_request(request)
            fault = next((f for f in self.faults if f.meets(request)), None)
            if fault is None:
                return self._carry_out(request)
            answer = self._carry_out(request) if fault.after or fault.change else None
            if fault.drop:
                raise Dropped
            if fault.change and answer:
                return fault.change(answer)
            return fault.answer or answer or self.server_error()

    def _carry_out(self, request: Request) -> Answer:
        answer = self.answer(request)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            self.journal.append(Write(self.clock.now(), request.method, request.path, request.body, answer.status))
            if self.after_write:
                self.after_write(request, answer)
        return answer

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        answer = self.handle(_request(environ))
        headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
        start_response(f"{answer.status} {_phrase(answer.status)}", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]


def _request(environ: dict[str, Any]) -> Request:
    length = int(environ.get("CONTENT_LENGTH") or 0) if environ.get("CONTENT_LENGTH", "").isdigit() else 0
    headers = {
        name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
    }
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    path = environ.get("PATH_INFO", "/").encode("latin-1", "replace").decode("utf-8", "replace")
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path,
        query=tuple(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
        headers=headers,
        body=environ["wsgi.input"].read(length) if length else b"",
    )


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
