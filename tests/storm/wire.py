"""The way between desk and stand-in: in process, or over sockets of this machine."""

import socket
import struct
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import httpx

from arapp.sandbox.base import Answer, Dropped, Request, StandIn
from arapp.sandbox.server import Served

if TYPE_CHECKING:
    from tests.storm.world import World

HANG_UP = struct.pack("ii", 1, 0)


def as_seen(request: httpx.Request) -> Request:
    """The request as a stand-in sees it."""
    return Request(
        method=request.method,
        path=request.url.path,
        query=tuple(request.url.params.multi_items()),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(),
    )


class Wire(httpx.BaseTransport):
    """Every call of the desk goes through here, to whichever account the key reaches at the moment."""

    def __init__(self, world: "World") -> None:
        self.world = world

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        seen = as_seen(request)
        return self.world.call(seen, lambda: self.exchange(request, seen))

    def exchange(self, request: httpx.Request, seen: Request) -> httpx.Response:
        try:
            answer = self.world.reached.handle(seen)
        except Dropped:
            raise httpx.ReadError("dropped") from None
        return _response(answer)


class SocketWire(Wire):
    """The same over real HTTP; dropped connections are resets, and bodies are cut in mid-answer."""

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        self.served: dict[int, Served] = {}
        self._sockets = httpx.HTTPTransport()

    def exchange(self, request: httpx.Request, seen: Request) -> httpx.Response:
        served = self._served(self.world.reached)
        port = served._server.server_address[1]
        target = request.url.copy_with(host="127.0.0.1", port=port)
        again = httpx.Request(request.method, target, headers=request.headers, content=seen.body)
        response = self._sockets.handle_request(again)
        try:
            body = b"".join(response.stream)
        finally:
            response.close()
        headers = [(n, v) for n, v in response.headers.multi_items() if n.lower() != "content-length"]
        return httpx.Response(response.status_code, headers=headers, content=body)

    def _served(self, stand_in: StandIn) -> Served:
        if id(stand_in) not in self.served:
            self.served[id(stand_in)] = Served(Rough(stand_in), 0)  # type: ignore[arg-type]
        return self.served[id(stand_in)]

    def close_all(self) -> None:
        self._sockets.close()
        for served in self.served.values():
            served.close()


class Rough:
    """A stand-in whose faults are the socket's own."""

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self.base_path = stand_in.base_path

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        promised: list[int] = []

        def start(status: str, headers: list[tuple[str, str]]) -> Any:
            if self.stand_in.cut_short:  # type: ignore[attr-defined]
                headers = [(n, str(int(v) + 500) if n == "Content-Length" else v) for n, v in headers]
                promised.append(1)
            return start_response(status, headers)

        try:
            return self.stand_in(environ, start)
        except Dropped:
            _hang_up(environ)
            raise


def _hang_up(environ: dict[str, Any]) -> None:
    """A reset instead of an orderly end."""
    connection = getattr(getattr(environ["wsgi.input"], "raw", None), "_sock", None)
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANG_UP)


def _response(answer: Answer) -> httpx.Response:
    return httpx.Response(answer.status, headers=list(answer.headers), content=answer.body)
