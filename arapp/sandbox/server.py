"""The stand-ins over real HTTP on the loopback interface."""

import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from arapp.sandbox.base import Dropped, StandIn

HOST = "127.0.0.1"


class PortTaken(Exception):
    """Something else listens on the port. The text is a sentence for people."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        return

    def address_string(self) -> str:
        return str(self.client_address[0])


def _dropping(app: StandIn) -> Callable[[dict[str, Any], Callable], Iterable[bytes]]:
    def run(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except Dropped:
            raise ConnectionResetError from None

    return run


class Served:
    """One stand-in on a port of this machine, in a thread of its own. Port 0 takes a free one."""

    def __init__(self, stand_in: StandIn, port: int) -> None:
        self.stand_in = stand_in
        try:
            self._server = _Server((HOST, port), _Quiet)
        except (OSError, OverflowError) as error:
            raise PortTaken(f"Port {port} of {HOST} cannot be used: {error}.") from error
        self._server.set_app(_dropping(stand_in))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}{self.stand_in.base_path}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
