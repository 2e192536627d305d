"""Connections that end by a total deadline, however slowly the other side drips."""

import socket
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore


class Deadline:
    """One for each client; ``until`` is set anew for every request, on the monotonic clock."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self.until = float("inf")

    def begin(self, seconds: float) -> None:
        self.until = self.monotonic() + seconds

    def is_over(self) -> bool:
        return self.monotonic() > self.until

    def left(self, late: type[Exception]) -> float | None:
        """Seconds left; ``late`` is raised when there are none, and None means no limit."""
        left = self.until - self.monotonic()
        if left <= 0:
            raise late("the total time is over")
        return None if left == float("inf") else left


class TimedNetwork(httpcore.NetworkBackend):
    """Opens connections whose every step gets only what is left of the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline, self._plain = deadline, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A host with several addresses is tried at each of them, all within the one deadline."""
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        trouble: Exception = httpcore.ConnectError("no address")
        for address in dict.fromkeys(found[4][0] for found in known):
            left = self.deadline.left(httpcore.ConnectTimeout)
            try:
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                return TimedStream(stream, self.deadline)
        raise trouble

    def sleep(self, seconds: float) -> None:
        self._plain.sleep(seconds)


class TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(httpcore.ConnectTimeout)
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
