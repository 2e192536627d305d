import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from arapp.upstreams import http as http_module
from arapp.upstreams.addresses import is_loopback, is_public_name
from arapp.upstreams.bodies import PIECE, NotUnpacked, unpacked
from arapp.upstreams.hints import retry_hint
from arapp.upstreams.http import (
    Answer,
    BadAnswer,
    Http,
    LostAnswer,
    Rejected,
    ServerFault,
    Throttled,
    TooMuchTrouble,
    Unreachable,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Handler = Callable[[httpx.Request], httpx.Response]


class Service:
    """Answers one after the other; the last one again and again."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers, self.requests, self.slept = list(answers), [], []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def client(self, **options) -> Http:
        options = {"base_url": "https://service.example.org/api", "now": lambda: NOW} | options
        return Http(transport=httpx.MockTransport(self), sleep=self.slept.append, **options)


def json(status: int = 200, body: str = "{}", **headers: str) -> httpx.Response:
    return httpx.Response(status, content=body.encode(), headers={"Content-Type": "application/json", **headers})


@pytest.mark.parametrize("trouble", [500, 502, 503, 504, 429, httpx.ReadTimeout("t"), httpx.ConnectError("c")])
def test_a_read_is_tried_again_when_that_can_help(trouble):
    service = Service(json(trouble) if isinstance(trouble, int) else trouble, json(body='{"a": 1.10}'))
    assert str(service.client().get("/x").object()["a"]) == "1.10"
    assert len(service.requests) == 2


def test_a_read_is_tried_five_times_with_growing_pauses_never_under_half_a_step():
    service = Service(json(503))
    with pytest.raises(ServerFault):
        service.client().get("/x")
    assert len(service.requests) == 5
    for slept, step in zip(service.slept, (2, 4, 8, 16), strict=True):
        assert step / 2 <= slept <= step


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 422])
def test_other_refusals_are_never_tried_again_and_carry_the_services_words(status):
    service = Service(json(status, '{"m": "no such thing"}'))
    with pytest.raises(Rejected, match="no such thing") as error:
        service.client(words=lambda status, body: body["m"]).get("/x")
    assert (error.value.status, len(service.requests)) == (status, 1)


def test_a_longer_hint_than_a_run_may_wait_postpones_the_source():
    service = Service(json(429, **{"Retry-After": "3600"}))
    with pytest.raises(Throttled) as error:
        service.client().get("/x")
    assert error.value.until == NOW + timedelta(hours=1)
    assert service.slept == []


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5),
        ("Fri, 20 Nov 2026 09:00:30 GMT", 30),
        ("0", None),
        ("0.5", None),
        ("-3", None),
        ("soon", None),
        ("", None),
        ("Fri, 20 Nov 2026 08:00:00 GMT", None),
        ("nan", None),
        ("inf", None),
        ("1e3", None),
        ("5, 10", None),
        ("\u00b2", None),
        ("Fri, 99 Nov 2026 09:00:30 GMT", None),
        ("Fri, 20 Nov 99999 09:00:30 GMT", None),
        ("1.5", 1.5),
        ("31536000", 86_400),
        ("9" * 15, 86_400),
        ("9" * 400, None),
        ("Fri, 20 Nov 2099 09:00:00 GMT", 86_400),
        ("Fri, 20 Nov 2026 09:00:30 -0000", 30),
    ],
)
def test_hints_are_read_as_seconds_or_as_a_date_and_believed_for_a_day_at_most(value, seconds):
    assert retry_hint({"retry-after": value}, NOW) == seconds


def test_a_hint_is_judged_by_the_clock_of_the_service():
    fast = {"date": "Fri, 20 Nov 2026 19:00:00 GMT", "retry-after": "Fri, 20 Nov 2026 19:00:07 GMT"}
    assert retry_hint(fast, NOW) == 7
    reset = str(int(NOW.timestamp()) + 36_000 + 90)
    assert retry_hint({"date": fast["date"], "x-rate-limit-reset": reset}, NOW) == 90


WINDOW = {"x-rate-limit-reset": str(int(NOW.timestamp()) + 90), "x-rate-limit-remaining": "0"}


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        (WINDOW, b"", 90),
        (WINDOW | {"retry-after": "7"}, b"", 90),
        (WINDOW | {"retry-after": "700"}, b"", 700),
        (WINDOW | {"retry-after": "-1"}, b"", 90),
        (WINDOW | {"x-rate-limit-remaining": "5"}, b"", None),
        (WINDOW | {"x-rate-limit-reset": "soon"}, b"", None),
        (WINDOW | {"x-rate-limit-reset": "\u00b2"}, b"", None),
        ({}, b"Maximum number of requests (300 per 15 minutes) reached. Try again in 246 seconds.", 246),
        ({"retry-after": "5"}, b"Try again in 246 seconds.", 246),
        (WINDOW, b"Try again in 1 second.", 90),
        ({}, b"Try again later.", None),
    ],
)
def test_of_several_hints_the_longest_holds(headers, body, seconds):
    assert retry_hint(headers, NOW, body) == seconds


def test_a_hint_of_years_postpones_for_a_day():
    with pytest.raises(Throttled) as error:
        Service(json(429, **{"Retry-After": "99999999999"})).client().get("/x")
    assert error.value.until == NOW + timedelta(days=1)


def test_a_run_waits_a_minute_in_all_and_then_leaves_the_source_alone_for_a_while():
    service = Service(*[json(503), json(503), json()] * 40)
    client = service.client()
    with pytest.raises(TooMuchTrouble, match="503") as error:
        [client.get("/x") for _ in range(40)]
    assert 40 < sum(service.slept) <= 60
    assert NOW < error.value.until <= NOW + timedelta(seconds=60)


def test_waiting_for_our_own_pace_is_no_trouble():
    class Slow:
        def wait(self) -> float:
            return 1.0

        def heard(self, headers) -> None:
            return None

    service = Service(json())
    client = service.client(pace=Slow())
    for _ in range(100):
        client.get("/x")
    assert (len(service.slept), client.waited) == (100, 0)


def not_yet(status: int, body) -> bool:
    return status == 404 and body == {"status": "NOT_AVAILABLE_YET"}


def test_what_is_only_not_ready_yet_is_asked_again():
    service = Service(json(404, '{"status": "NOT_AVAILABLE_YET"}'), json(body='{"ok": 1}'))
    assert service.client(not_yet=not_yet).get("/x").object() == {"ok": 1}
    with pytest.raises(Rejected):
        Service(json(404, '{"status": "NOT_FOUND"}'), json()).client(not_yet=not_yet).get("/x")


def test_what_stays_not_ready_is_said_and_holds_up_nothing_else():
    service = Service(json(404, '{"status": "NOT_AVAILABLE_YET"}'))
    client = service.client(not_yet=not_yet)
    for _ in range(5):
        with pytest.raises(Rejected):
            client.get("/x")
    assert sum(service.slept) <= 60


@pytest.mark.parametrize("trouble", [500, 503, httpx.ReadTimeout("t"), httpx.RemoteProtocolError("p")])
def test_a_write_is_sent_once_and_its_lost_answer_is_said(trouble):
    service = Service(json(trouble) if isinstance(trouble, int) else trouble)
    with pytest.raises(LostAnswer):
        service.client().write("POST", "/x", json_body={})
    assert len(service.requests) == 1


def test_a_write_that_never_left_is_no_lost_answer():
    with pytest.raises(Unreachable):
        Service(httpx.ConnectError("c")).client().write("POST", "/x")


def test_a_throttled_write_was_not_carried_out():
    with pytest.raises(Throttled):
        Service(json(429, **{"Retry-After": "7"})).client().write("POST", "/x")


@pytest.mark.parametrize("body", ["<html>", "", "{", '{"a": NaN}', '{"a": Infinity}', "[" * 100_000])
def test_what_is_no_json_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        Service(httpx.Response(200, text=body)).client().get("/x").object()


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "5"])
def test_json_of_another_type_is_a_bad_answer(body):
    with pytest.raises(BadAnswer):
        Service(json(body=body)).client().get("/x").object()


def test_a_leading_byte_order_mark_is_read():
    assert Answer(200, {}, b'\xef\xbb\xbf{"a": 1}').object() == {"a": 1}


def test_an_answer_of_more_than_twenty_megabytes_is_refused(monkeypatch):
    monkeypatch.setattr(http_module, "LARGEST_BODY", 10)
    with pytest.raises(BadAnswer, match="larger"):
        Service(json(body='{"a": "0123456789"}')).client().get("/x")


def test_a_call_that_drips_longer_than_its_deadline_ends():
    times = iter(range(0, 1000, 20))
    with pytest.raises(Unreachable, match="did not answer"):
        Service(json()).client(monotonic=lambda: next(times), tries=1, deadline=10.0).get("/x")


class Stream(httpx.SyncByteStream):
    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks


def streamed(*chunks: bytes, **headers: str) -> httpx.Response:
    return httpx.Response(200, stream=Stream(*chunks), headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize(
    "packed", [gzip.compress(b'{"a": 1}'), zlib.compress(b'{"a": 1}'), zlib.compress(b'{"a": 1}')[2:-4]]
)
def test_a_packed_body_is_unpacked_in_whatever_pieces_it_comes(packed):
    name = "gzip" if packed.startswith(b"\x1f") else "deflate"
    pieces = [packed[n : n + 1] for n in range(len(packed))] if name == "gzip" else [packed]
    assert Service(streamed(*pieces, Content_Encoding=name)).client().get("/x").object() == {"a": 1}


@pytest.mark.parametrize(
    ("body", "name"),
    [(gzip.compress(b"x" * 999)[:-9], "gzip"), (b"\x1f\x8bnonsense", "gzip"), (b"{}", "gzip"), (b"{}", "br")],
)
def test_a_body_that_cannot_be_unpacked_is_a_bad_answer(body, name):
    with pytest.raises(BadAnswer, match="unpacked"):
        Service(streamed(body, Content_Encoding=name)).client().get("/x")


def test_a_small_body_that_unfolds_into_a_huge_one_is_never_unpacked_whole():
    machine = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = b"".join(machine.compress(bytes(1 << 20)) for _ in range(64)) + machine.flush()
    assert len(bomb) < 100_000
    pieces = unpacked([bomb], "gzip")
    assert all(len(next(pieces)) <= PIECE for _ in range(10))
    with pytest.raises(BadAnswer, match="larger than 20 MB"):
        Service(streamed(bomb, Content_Encoding="gzip")).client().get("/x")
    with pytest.raises(NotUnpacked):
        list(unpacked([bomb[:-20]], "gzip"))


def test_a_body_shorter_than_its_length_is_lost_and_asked_for_again():
    service = Service(streamed(b'{"a"', Content_Length="8"), json(body='{"a": 1}'))
    assert service.client().get("/x").object() == {"a": 1}
    with pytest.raises(LostAnswer):
        Service(streamed(b"{}", Content_Length="8")).client().write("POST", "/x")


@contextmanager
def dripping(head: bytes, drop: bytes, every: float = 0.05) -> Iterator[str]:
    """A server that says ``head`` at once and then one drop after the other, for ever."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                with line:
                    try:
                        line.sendall(head)
                        while not over.wait(every):
                            line.sendall(drop)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        over.set()
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (OK + b"Content-Length: 100000\r\n\r\n{", b" "),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n" + gzip.compress(b"{}")[:10], b"\x00"),
    ],
    ids=["status line", "headers", "interim answers", "body", "packed body"],
)
def test_whoever_drips_is_cut_off_at_the_total_deadline(head, drop):
    with dripping(head, drop) as url, Http(url, tries=1, deadline=0.4) as client:
        began = time.monotonic()
        with pytest.raises((Unreachable, BadAnswer)):
            client.get("/x")
        assert time.monotonic() - began < 2
        with pytest.raises(LostAnswer):
            client.write("POST", "/x", json_body={})
        assert time.monotonic() - began < 3


def test_a_read_follows_a_redirect_on_the_same_host_and_keeps_its_query():
    service = Service(json(301, Location="/api/x/"), json(body='{"ok": 1}'))
    service.client().get("/x", [("page", "2")])
    assert str(service.requests[1].url) == "https://service.example.org/api/x/?page=2"


@pytest.mark.parametrize("target", ["https://elsewhere.example.org/api/x", "http://service.example.org/api/x/"])
def test_the_key_never_travels_to_another_host(target):
    service = Service(json(302, Location=target))
    with pytest.raises(BadAnswer, match="another address"):
        service.client(headers={"Api-Key": "k"}).get("/x")
    assert len(service.requests) == 1


def test_a_write_follows_a_redirect_by_a_slash_with_the_same_method_and_body():
    service = Service(json(301, Location="/api/x/"), json())
    service.client().write("POST", "/x", json_body={"a": 1})
    assert [(r.method, r.content) for r in service.requests] == [("POST", b'{"a": 1}')] * 2


def test_a_circle_of_redirects_ends():
    with pytest.raises(BadAnswer, match="circle"):
        Service(json(301, Location="/api/x")).client().get("/x")


def test_a_file_is_fetched_without_the_key():
    service = Service(httpx.Response(200, content=b"%PDF"))
    service.client(headers={"Api-Key": "secret"}).download("https://files.example.org/a.pdf")
    assert "api-key" not in service.requests[0].headers


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.org/a",
        "https://127.0.0.1/a",
        "https://10.0.0.1/a",
        "https://localhost/a",
        "file:///etc/passwd",
    ],
)
def test_a_file_address_into_our_own_network_is_not_opened(url):
    with pytest.raises(BadAnswer, match="not safe"):
        Service(httpx.Response(200)).client().download(url)


def test_no_secret_stands_in_any_sentence():
    service = Service(httpx.ConnectError("https://user:hunter2@service.example.org/?api_key=hunter2"))
    with pytest.raises(Unreachable) as error:
        service.client(auth=("user", "hunter2"), tries=1).get("/x", [("api_key", "hunter2")])
    assert "hunter2" not in str(error.value)


def test_loopback_and_public_names_are_told_apart():
    assert all(
        is_loopback(u) for u in ("http://127.0.0.1:9", "http://localhost", "http://[::1]:80", "http://a.localhost")
    )
    assert not any(is_loopback(u) for u in ("http://10.0.0.1", "http://example.org", "http://127.0.0.1.example.org"))
    assert is_public_name("example.org")
    assert not any(is_public_name(h) for h in ("169.254.169.254", "192.168.0.1", "::1", "a.local"))


def test_files_are_sent_as_multipart_with_a_boundary_of_their_own():
    service = Service(json(201))
    service.client().write("POST", "/x", files={"file": ('a"b.pdf', b"\x00\r\n--odd", "application/pdf")})
    (request,) = service.requests
    kind, _, boundary = request.headers["Content-Type"].partition("; boundary=")
    assert (kind, request.method) == ("multipart/form-data", "POST")
    assert request.content == (
        b'--%b\r\nContent-Disposition: form-data; name="file"; filename="a%%22b.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n\x00\r\n--odd\r\n--%b--\r\n"
    ) % ((boundary.encode(),) * 2)


@pytest.mark.parametrize("answer", [json(500), httpx.ReadTimeout("t")])
def test_files_are_sent_once_whatever_comes_back(answer):
    service = Service(answer)
    with pytest.raises(LostAnswer):
        service.client().write("POST", "/x", files={"file": ("a.pdf", b"%PDF", "application/pdf")})
    assert len(service.requests) == 1


def test_files_go_along_when_only_a_slash_was_missing():
    service = Service(httpx.Response(307, headers={"Location": "/api/x/"}), json(201))
    service.client().write("POST", "/x", files={"file": ("a.pdf", b"%PDF", "application/pdf")})
    assert [b"%PDF" in request.content for request in service.requests] == [True, True]


def test_a_write_may_have_a_query():
    service = Service(json())
    service.client().write("POST", "/x", query=(("a", "1"), ("a", "2")), json_body={})
    assert str(service.requests[0].url).endswith("/api/x?a=1&a=2")
