"""Hooks from the door to the desk: kept, read once, never lost. On SQLite and on PostgreSQL.

Seen to fail: without the condition on ``times`` in ``settle`` and ``later``, on ``due_at`` in ``Claim.rows``, without
the transaction (SQLite) and the lock (PostgreSQL) in ``claim``, without ``_free_at``, without ``impatient``.
"""

import base64
import hashlib
import hmac
import io
import json
import logging
import threading
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from arapp.approvals.models import Approval
from arapp.receivables.models import Customer, Invoice, Source
from arapp.sandbox.base import Answer, Fault
from arapp.upstreams import hook_calls, hook_reading, hooks
from arapp.upstreams.hook_keys import Refused, path_of, prepare
from arapp.upstreams.hooks import LARGEST, read_due, receive
from arapp.upstreams.models import Connection, Hook, HookCall, Quarantined
from arapp.upstreams.pull import pull
from arapp.upstreams.switching import switch
from tests.approvals.test_races import at_once
from tests.conftest import make_source
from tests.upstreams.conftest import Desk

KEY = "a-signing-key"
SOON = timedelta(seconds=11)


def signed(body: bytes, key: str = KEY, at: float | None = None) -> dict[str, str]:
    moment = f"{time.time() if at is None else at:.6f}"
    signature = hmac.new(key.encode(), moment.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"Billogram-Request-Timestamp": moment, "Billogram-Signature": signature}


def event(number: str, kind: str = "Payment", call_id: str = "") -> bytes:
    call = call_id or f"call-{number}-{kind}"
    told = {"callback_id": call, "callback_type": "BillogramEvent", "event": {"type": kind}}
    return json.dumps(told | {"billogram": {"id": number}}).encode()


def tell(source: Source, body: bytes, key: str = KEY) -> int:
    return receive(Hook.objects.get(source=source).path, signed(body, key), body, len(body)).status


def tell_billomat(source: Source, name: str, body: bytes, password: str = KEY) -> int:
    plain = base64.b64encode(f"hook:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {plain}", "X-Billomat-Webhook-Event": name}
    return receive(Hook.objects.get(source=source).path, headers, body, len(body)).status


def pass_time(span: timedelta = SOON) -> None:
    """As if what is stored had happened so much earlier."""
    for call in HookCall.objects.all():
        done = call.done_at and call.done_at - span
        HookCall.objects.filter(pk=call.pk).update(due_at=call.due_at - span, done_at=done)


def reads_of(stand_in, number: str) -> int:
    return sum(request.path.endswith(f"/{number}") for request in stand_in.requests)


def states() -> list[str]:
    return list(HookCall.objects.order_by("id").values_list("state", flat=True))


@pytest.fixture
def desk(connected: Desk):
    """A Billogram source that was read, its stand-in, and the number of an invoice that is open."""
    source, stand_in = connected("billogram", invoices=10)
    pull(source)
    prepare(source, KEY)
    number = Invoice.objects.filter(source=source, state="open", open__gt=0).first().external_id
    stand_in.requests.clear()
    return source, stand_in, number


# what comes in


def test_a_hint_is_kept_and_the_object_is_fetched_and_stored(desk):
    source, stand_in, number = desk
    before = Invoice.objects.get(external_id=number).open
    stand_in.pay(number, 1)
    assert tell(source, event(number)) == 200
    assert Invoice.objects.get(external_id=number).open == before
    assert stand_in.requests == []
    assert read_due(source) == 1
    assert Invoice.objects.get(external_id=number).open == before - 100
    assert states() == ["read"]
    assert (read_due(source), reads_of(stand_in, number)) == (0, 1)


def test_a_doubled_hook_is_one_row_and_is_read_once_more_if_it_was_read(desk):
    source, stand_in, number = desk
    body = event(number)
    assert [tell(source, body) for _ in range(3)] == [200] * 3
    call = HookCall.objects.get()
    assert (call.times, call.state, call.event, call.kind, call.external_id) == (
        3,
        "waiting",
        "Payment",
        "invoice",
        number,
    )
    assert read_due(source) == 1
    again = body.replace(b'{"callback_id"', b'{"callback_timestamp": "later", "callback_id"')
    assert tell(source, again) == 200
    call.refresh_from_db()
    assert (call.times, call.state) == (4, "waiting")
    pass_time()
    assert read_due(source) == 1
    assert reads_of(stand_in, number) == 2


def test_the_same_call_about_another_object_is_not_taken_for_a_doubled_one(desk):
    source, _, number = desk
    tell(source, event(number, call_id="one"))
    tell(source, event("other", call_id="one"))
    assert sorted(HookCall.objects.values_list("external_id", flat=True)) == sorted([number, "other"])


def test_late_and_out_of_order_the_object_is_stored_as_it_is_now(desk):
    source, stand_in, number = desk
    stand_in.pay(number, 1)
    late = event(number, "BillogramSent")
    stand_in.pay(number, 1)
    tell(source, event(number, "Payment"))
    tell(source, late)
    assert read_due(source) == 1
    assert Invoice.objects.get(external_id=number).open == round(stand_in.find(number)["remaining_sum"] * 100)
    assert states() == ["read", "read"]


def test_of_many_hints_about_one_object_one_read_comes_of_it_in_ten_seconds(desk):
    source, stand_in, number = desk
    for n in range(5):
        tell(source, event(number, f"Event{n}"))
        read_due(source)
    assert reads_of(stand_in, number) == 1
    assert sorted(states()) == ["read", "waiting", "waiting", "waiting", "waiting"]
    pass_time(timedelta(seconds=8))
    assert read_due(source) == 0
    pass_time(timedelta(seconds=3))
    assert read_due(source) == 1
    assert reads_of(stand_in, number) == 2
    assert set(states()) == {"read"}


def test_an_invoice_that_is_not_known_yet_comes_with_its_approval(desk):
    source, stand_in, _ = desk
    number = stand_in.add_billogram()["id"]
    tell(source, event(number, "BillogramCreated"))
    assert read_due(source) == 1
    invoice = Invoice.objects.get(external_id=number)
    assert Approval.objects.get(invoice=invoice).state == "waiting"
    assert invoice.lines.exists()
    report = pull(source)
    assert (report.created, report.status) == (0, "ok")


def test_what_concerns_a_customer_reads_the_customer(desk):
    source, stand_in, _ = desk
    customer = Customer.objects.filter(source=source, brief=False).first()
    stand_in.change_customer(int(customer.external_id), name="Renamed AB")
    told = {"callback_type": "RecipientUpdated", "customer": {"customer_number": int(customer.external_id)}}
    tell(source, json.dumps(told).encode())
    assert read_due(source) == 1
    customer.refresh_from_db()
    assert customer.name == "Renamed AB"


@pytest.mark.parametrize(
    ("name", "body", "reads"),
    [
        ("invoice.status", '{{"invoice": {{"id": "{invoice}"}}}}', "invoices"),
        ("invoice_payment.create", '{{"invoice-payment": {{"id": "5", "invoice_id": "{invoice}"}}}}', "invoices"),
        ("invoice.update", "<invoice><id>{invoice}</id></invoice>", "invoices"),
        ("credit_note.update", "<credit-note><id>{credit_note}</id></credit-note>", "credit-notes"),
        ("client.update", '{{"client": {{"id": "{client}"}}}}', "clients"),
    ],
)
def test_billomats_hooks_read_what_they_name(name, body, reads, connected: Desk):
    source, stand_in = connected("billomat", invoices=40)
    pull(source)
    prepare(source, KEY)
    ids = {
        "invoice": Invoice.objects.filter(kind="invoice").first().external_id,
        "credit_note": Invoice.objects.filter(kind="credit_note").first().external_id,
        "client": Customer.objects.filter(brief=False).first().external_id,
    }
    stand_in.requests.clear()
    assert tell_billomat(source, name, body.format(**ids).encode()) == 200
    assert read_due(source) == 1
    (call,) = HookCall.objects.all()
    assert (call.state, call.event, call.note) == ("read", name, "")
    assert stand_in.requests[0].path == f"/api/{reads}/{call.external_id}"


def test_two_events_with_the_same_body_are_two_hints_and_one_read(connected: Desk):
    source, stand_in = connected("billomat", invoices=10)
    pull(source)
    prepare(source, KEY)
    number = Invoice.objects.filter(kind="invoice").first().external_id
    body = json.dumps({"invoice": {"id": number}}).encode()
    tell_billomat(source, "invoice.update", body)
    tell_billomat(source, "invoice.status", body)
    stand_in.requests.clear()
    assert (read_due(source), reads_of(stand_in, number), states()) == (1, 1, ["read", "read"])


@pytest.mark.parametrize(
    "body", [b"not json", b"[1]", b'{"callback_type": "New"}', b'{"callback_type": "BillogramEvent"}']
)
def test_what_is_not_understood_is_kept_and_the_source_is_read(body, desk):
    source, _, _ = desk
    assert tell(source, body) == 200
    call = HookCall.objects.get()
    assert call.state == "ignored"
    assert call.note.partition("\n")[2] == body.decode()
    assert Connection.objects.get(source=source).wanted_at
    assert tell(source, body) == 200
    assert (read_due(source), states()) == (0, ["ignored"])
    assert HookCall.objects.get().times == 2


def test_what_the_desk_does_not_show_is_kept_without_its_body_and_nothing_is_read(connected: Desk):
    source, _ = connected("billomat", invoices=5)
    prepare(source, KEY)
    assert tell_billomat(source, "offer.update", b'{"offer": {"id": "1", "title": "Secret"}}') == 200
    call = HookCall.objects.get()
    assert (call.state, "Secret" in call.note) == ("ignored", False)
    assert Connection.objects.get(source=source).wanted_at is None


def test_of_a_hook_that_is_understood_no_content_is_kept(desk):
    source, _, number = desk
    tell(source, event(number).replace(b'"event"', b'"payer": "Siv Ek", "event"'))
    assert not any("Siv" in str(value) for value in HookCall.objects.values().get().values())


# who may tell


def test_a_forged_hook_leaves_nothing_but_one_line_without_its_path(desk, caplog):
    source, _, number = desk
    Source.objects.filter(pk=source.pk).update(name="Books\n2026-11-20 ERROR all is lost\x1b[2J")
    path = Hook.objects.get(source=source).path
    body = event(number)
    for headers in ({}, signed(body, "wrong"), signed(body + b"x"), signed(body, at=time.time() - 301)):
        caplog.clear()
        assert receive(path, headers, body).status == 401
        (line,) = caplog.messages
        assert line.isprintable()
        assert path not in line
        assert not any(value in line for value in headers.values())
    assert not HookCall.objects.exists()


def test_billomat_is_asked_for_its_password(connected: Desk):
    source, _ = connected("billomat", invoices=5)
    prepare(source, KEY)
    reply = receive(Hook.objects.get(source=source).path, {}, b"{}")
    assert (reply.status, reply.challenge) == (401, 'Basic realm="hook"')
    assert tell_billomat(source, "invoice.update", b"{}", "wrong") == 401
    assert not HookCall.objects.exists()


def test_without_a_key_everything_is_refused(desk):
    source, _, number = desk
    Hook.objects.filter(source=source).update(key="")
    for key in ("", KEY):
        assert tell(source, event(number), key) == 401


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "\x00" * 43, "ä" * 43, "x" * 44])
def test_an_unknown_path_is_not_found(token, desk):
    body = event("x")
    assert receive(token, signed(body), body).status == 404


def test_too_much_is_refused_ahead_of_the_path_and_the_key():
    assert receive("x", {}, b"", LARGEST + 1).status == 413
    assert receive("x", {}, b"x" * (LARGEST + 1)).status == 413


def test_as_much_as_allowed_is_taken(desk):
    source, _, number = desk
    body = event(number) + b" " * (LARGEST - len(event(number)))
    assert (len(body), tell(source, body)) == (LARGEST, 200)


def test_a_key_that_cannot_be_opened_is_no_refusal_but_a_fault_of_ours(desk, settings):
    source, _, number = desk
    settings.ENCRYPTION_KEYS = ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
    assert tell(source, event(number)) == 503
    assert not HookCall.objects.exists()


# keys and paths


def test_a_rotation_accepts_old_and_new_path_and_key_in_each_combination_for_a_day(desk):
    source, _, number = desk
    old = Hook.objects.get(source=source).path
    new = prepare(source, "new-key", rotate=True).path
    body = event(number)

    def codes():
        return [receive(p, signed(body, k), body).status for p in (old, new) for k in (KEY, "new-key")]

    assert old != new
    assert codes() == [200] * 4
    Hook.objects.update(old_until=timezone.now() - timedelta(seconds=1))
    assert codes() == [404, 404, 401, 200]


def test_a_second_rotation_ends_the_first(desk):
    source, _, number = desk
    body, paths = event(number), [Hook.objects.get(source=source).path]
    paths += [prepare(source, f"key-{n}", rotate=True).path for n in (1, 2)]
    codes = [receive(path, signed(body, "key-2"), body).status for path in paths]
    assert codes == [404, 200, 200]
    assert [tell(source, body, key) for key in (KEY, "key-1", "key-2")] == [401, 200, 200]
    prepare(source, rotate=True)
    assert [tell(source, body, key) for key in (KEY, "key-1", "key-2")] == [401, 401, 200]


def test_without_rotating_a_new_key_takes_the_place_of_the_old_at_once(desk):
    source, _, number = desk
    path = Hook.objects.get(source=source).path
    assert prepare(source, "new-key").path == path
    assert [tell(source, event(number), key) for key in (KEY, "new-key")] == [401, 200]


def test_keys_are_stored_encrypted(desk):
    source, _, _ = desk
    prepare(source, "new-key", rotate=True)
    row = Hook.objects.values().get(source=source)
    assert not any(key in str(value) for value in row.values() for key in (KEY, "new-key"))


def test_a_disconnected_source_has_no_path_any_more(desk):
    source, _, number = desk
    path, body = Hook.objects.get(source=source).path, event(number)
    tell(source, body)
    switch(source, "disconnect")
    assert receive(path, signed(body), body).status == 404
    assert (read_due(source), states()) == (0, ["waiting"])
    Hook.objects.create(source=source, path=path)
    assert receive(path, signed(body), body).status == 404


def test_a_paused_source_keeps_hints_until_it_goes_on(desk):
    source, stand_in, number = desk
    switch(source, "pause")
    assert tell(source, event(number)) == 200
    assert (read_due(source), stand_in.requests, states()) == (0, [], ["waiting"])
    switch(source, "resume")
    assert read_due(source) == 1


def test_one_that_is_paused_in_the_middle_costs_no_try(desk, monkeypatch):
    source, stand_in, number = desk
    tell(source, event(number))
    wait = hook_calls.claim

    def claim(one):
        taken = wait(one)
        Connection.objects.update(paused=True)
        return taken

    monkeypatch.setattr(hook_calls, "claim", claim)
    read_due(source)
    call = HookCall.objects.get()
    assert (call.state, call.tries, stand_in.requests) == ("waiting", 0, [])


def run(*args: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("hook", *args, stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


def test_the_command_prints_the_path_and_says_when_no_key_is_set(monkeypatch, db):
    source = make_source("Books", service="billogram")
    code, path, advice = run("Books")
    assert (code, path) == (0, path_of(Hook.objects.get(source=source)) + "\n")
    assert len(path.strip().split("/")[2]) == 43
    assert "every hook is refused" in advice
    monkeypatch.setenv("SIGN", "  top-secret\n")
    code, again, advice = run("Books", "--secret-env", "SIGN")
    assert (code, again) == (0, path)
    assert "refused" not in advice
    assert "top-secret" not in advice + again
    assert hooks.keys_of(Hook.objects.get(source=source)) == ["top-secret"]
    code, turned, advice = run("Books", "--rotate")
    assert (code, turned == path) == (0, False)
    assert "The path before this rotation is accepted until" in advice


def test_the_command_says_of_the_key_before_a_rotation_what_is_true(monkeypatch, db):
    make_source("Books", service="billogram")
    monkeypatch.setenv("SIGN", "first")
    run("Books", "--secret-env", "SIGN")
    monkeypatch.setenv("SIGN", "second")
    assert "The path and key before this rotation are accepted" in run("Books", "--rotate", "--secret-env", "SIGN")[2]
    run("Books", "--rotate")
    assert "The path before this rotation is accepted" in run(" Books ", "--secret-env", "SIGN")[2]


def test_what_the_command_does_not_know_cannot_forge_a_line_of_the_terminal(db):
    code, out, sentence = run("No\nbody\x1b[31m")
    assert (code, out, sentence) == (2, "", "There is no source named No\\nbody\\x1b[31m.")


def test_the_command_refuses_with_a_sentence_and_changes_nothing(monkeypatch, db):
    make_source("Books", service="billogram")
    make_source("Files", service="billover")
    run("Books")
    before = Hook.objects.values().get()
    monkeypatch.setenv("EMPTY", "  ")
    monkeypatch.setenv("ODD", "a\x01b")
    for args in (
        ("Nobody",),
        ("Files",),
        ("Books", "--secret-env", "EMPTY"),
        ("Books", "--secret-env", "NOT_THERE", "--rotate"),
        ("Books", "--secret-env", "ODD"),
    ):
        code, out, sentence = run(*args)
        assert (code, out) == (2, ""), args
        assert sentence.endswith(".")
    assert Hook.objects.values().get() == before


def test_a_source_without_a_connection_gets_no_hook(db):
    source = make_source(service="billogram")
    Connection.objects.all().delete()
    with pytest.raises(Refused):
        prepare(source)


# when reading goes wrong


def test_what_is_not_there_is_not_marked_gone_but_the_source_is_read(desk):
    source, stand_in, number = desk
    stand_in.remove(number)
    tell(source, event(number, "Deleted"))
    assert read_due(source) == 1
    assert Invoice.objects.get(external_id=number).gone_at is None
    call = HookCall.objects.get()
    assert call.state == "ignored"
    assert call.note
    assert Connection.objects.get(source=source).wanted_at
    pass_time()
    tell(source, event(number, "Deleted"))
    assert read_due(source) == 1


def test_a_service_that_fails_is_asked_again_with_growing_pauses_and_then_not(desk):
    source, stand_in, number = desk
    stand_in.faults.append(Fault(times=100, path=number))
    tell(source, event(number))
    pauses = []
    for n in range(1, 9):
        assert read_due(source) == 1
        assert read_due(source) == 0
        call = HookCall.objects.get()
        assert call.tries == n
        pauses.append(round((call.due_at - timezone.now()).total_seconds()))
        pass_time(timedelta(minutes=11))
    assert pauses[:7] == [30, 60, 120, 240, 480, 600, 600]
    assert call.state == "failed"
    assert call.note
    assert Connection.objects.get(source=source).wanted_at
    stand_in.faults.clear()
    tell(source, event(number))
    assert (read_due(source), states()) == (1, ["read"])


def test_one_object_that_fails_delays_no_other(desk):
    source, stand_in, number = desk
    other = Invoice.objects.exclude(external_id=number).filter(gone_at=None).first().external_id
    stand_in.faults.append(Fault(times=100, path=number))
    tell(source, event(number))
    tell(source, event(other))
    assert read_due(source) == 2
    assert states() == ["waiting", "read"]


def test_a_service_that_cannot_be_reached_is_left_alone_for_a_while(desk):
    source, stand_in, number = desk
    stand_in.faults.append(Fault(times=100, drop=True))
    tell(source, event(number))
    tell(source, event("other"))
    assert read_due(source) == 1
    assert len(stand_in.requests) == 1
    assert read_due(source) == 0
    assert sorted(HookCall.objects.values_list("tries", flat=True)) == [0, 1]


def test_a_service_that_asks_to_wait_is_asked_then_and_no_try_is_lost(desk):
    source, stand_in, number = desk
    stand_in.faults.append(Fault(times=1, answer=Answer(429, b"", (("Retry-After", "120"),))))
    tell(source, event(number))
    tell(source, event("other"))
    assert read_due(source) == 1
    waits = [(call.due_at - timezone.now()).total_seconds() for call in HookCall.objects.all()]
    assert all(110 < seconds <= 120 for seconds in waits)
    assert set(HookCall.objects.values_list("tries", flat=True)) == {0}
    assert read_due(source) == 0


def test_a_postponed_source_is_not_asked(desk):
    source, stand_in, number = desk
    until = timezone.now() + timedelta(minutes=5)
    Connection.objects.update(postponed_until=until)
    tell(source, event(number))
    assert (read_due(source), stand_in.requests) == (0, [])
    assert HookCall.objects.get().due_at == until


def test_what_cannot_be_read_goes_to_quarantine_and_a_later_hint_clears_it(desk):
    source, stand_in, number = desk

    def spoil(true: Answer) -> Answer:
        return Answer(200, true.body.replace(b'"currency": "SEK"', b'"currency": "S"'), true.headers)

    stand_in.faults.append(Fault(path=number, change=spoil))
    tell(source, event(number))
    assert read_due(source) == 1
    assert states() == ["failed"]
    row = Quarantined.objects.waiting().get(source=source)
    assert (row.stream, row.external_id) == ("invoices", number)
    pass_time()
    tell(source, event(number))
    assert read_due(source) == 1
    assert states() == ["read"]
    assert not Quarantined.objects.waiting().exists()


def test_nothing_of_another_account_is_stored(desk):
    source, _, number = desk
    Source.objects.filter(pk=source.pk).update(account="another")
    Connection.objects.update(read_at=timezone.now() - timedelta(hours=1))
    source = Source.objects.get(pk=source.pk)
    Invoice.objects.filter(source=source).update(open=1)
    tell(source, event(number))
    assert read_due(source) == 1
    assert states() == ["waiting"]
    assert Invoice.objects.get(external_id=number).open == 1


def test_a_fault_of_our_own_is_logged_and_tried_again(desk, monkeypatch, caplog):
    source, _, number = desk

    def fails(*_args):
        raise KeyError("odd\nline")

    monkeypatch.setattr(hook_reading, "refresh", fails)
    tell(source, event(number))
    assert read_due(source) == 1
    assert states() == ["waiting"]
    (line,) = [message for message in caplog.messages if "failed" in message]
    assert line.isprintable()


def test_with_nothing_due_it_takes_one_query(desk, django_assert_num_queries):
    source, _, _ = desk
    with django_assert_num_queries(1):
        assert read_due(source) == 0


# at the same moment


def test_one_that_comes_again_while_it_is_read_is_read_once_more(desk, monkeypatch):
    source, stand_in, number = desk
    tell(source, event(number))
    stand_in.before_request = lambda request: tell(source, event(number))
    read_due(source)
    stand_in.before_request = None
    call = HookCall.objects.get()
    assert (call.state, call.times) == ("waiting", 2)
    assert call.due_at > timezone.now() + timedelta(seconds=8)
    pass_time()
    assert (read_due(source), states()) == (1, ["read"])
    assert reads_of(stand_in, number) == 2


def test_one_that_comes_again_during_its_last_try_is_not_given_up(desk):
    source, stand_in, number = desk
    tell(source, event(number))
    HookCall.objects.update(tries=hook_calls.TRIES - 1)
    stand_in.faults.append(Fault(times=1, path=number))
    stand_in.before_request = lambda request: tell(source, event(number))
    assert (read_due(source), states()) == (1, ["waiting"])
    stand_in.before_request = None
    pass_time(timedelta(minutes=11))
    assert (read_due(source), states()) == (1, ["read"])


def test_another_hint_that_comes_while_its_object_is_read_waits_and_is_read(desk):
    source, stand_in, number = desk
    tell(source, event(number, "First"))

    def another(_request):
        stand_in.before_request = None
        tell(source, event(number, "Second"))
        assert read_due(source) == 0

    stand_in.before_request = another
    assert read_due(source) == 1
    assert states() == ["read", "waiting"]
    second = HookCall.objects.get(event="Second")
    assert second.due_at < timezone.now() + SOON
    pass_time()
    assert (read_due(source), set(states())) == (1, {"read"})


def test_a_reader_that_died_leaves_its_hints_due(desk):
    source, _, number = desk
    tell(source, event(number))
    assert hook_calls.claim(source)
    assert read_due(source) == 0
    pass_time(timedelta(minutes=3))
    assert (read_due(source), states()) == (1, ["read"])


def test_a_reader_that_was_asleep_does_not_settle_what_another_has_taken(desk):
    source, _, number = desk
    tell(source, event(number))
    slow = hook_calls.claim(source)
    pass_time(timedelta(minutes=3))
    quick = hook_calls.claim(source)
    hook_calls.settle(slow, "read")
    assert states() == ["waiting"]
    hook_calls.settle(quick, "read")
    assert states() == ["read"]


@pytest.mark.django_db(transaction=True)
def test_of_many_readers_at_once_one_takes_an_object():
    source = make_source(service="billogram")
    prepare(source, KEY)
    for _round in range(10):
        HookCall.objects.all().delete()
        tell(source, event("x", "First"))
        tell(source, event("x", "Second"))
        claims = at_once(6, lambda n: hook_calls.claim(source))
        assert [type(one).__name__ for one in claims].count("Claim") == 1, claims


@pytest.mark.django_db(transaction=True)
def test_a_hint_that_comes_while_its_object_is_being_taken_does_not_make_it_taken_twice(monkeypatch):
    """The worst order: one has chosen its rows, a hint comes, another looks around, then both take what they saw."""
    source = make_source(service="billogram")
    prepare(source, KEY)
    tell(source, event("x", "First"))
    chosen, looked, taken = threading.Event(), threading.Event(), threading.Event()
    free_at = hook_calls._free_at

    class SlowlyTaken:
        def __radd__(self, now):
            if not chosen.is_set():
                chosen.set()
                looked.wait(0.4)
            return now + timedelta(minutes=2)

    def slowly(*rows):
        found = free_at(*rows)
        if chosen.is_set():
            looked.set()
            taken.wait(1)
        return found

    def take(number: int):
        if number == 0:
            claim = hook_calls.claim(source)
            taken.set()
            return claim
        chosen.wait()
        tell(source, event("x", "Second"))
        return hook_calls.claim(source)

    monkeypatch.setattr(hook_calls, "TAKEN_FOR", SlowlyTaken())
    monkeypatch.setattr(hook_calls, "_free_at", slowly)
    claims = at_once(2, take)
    assert [type(one).__name__ for one in claims].count("Claim") == 1, claims
    assert HookCall.objects.filter(state="waiting").count() == 2


@pytest.mark.django_db(transaction=True)
def test_readers_at_once_share_many_objects_and_read_each_once():
    source = make_source(service="billogram")
    prepare(source, KEY)
    for n in range(24):
        tell(source, event(f"x{n}"))

    def take(_number):
        found = []
        while claim := hook_calls.claim(source):
            found.append(claim.external_id)
            hook_calls.settle(claim, "read")
        return found

    taken = [one for found in at_once(4, take) for one in found]
    assert sorted(taken) == sorted(f"x{n}" for n in range(24))


@pytest.mark.django_db(transaction=True)
def test_the_same_hook_many_times_at_once_is_one_row():
    source = make_source(service="billogram")
    prepare(source, KEY)
    body = event("x")
    assert at_once(6, lambda n: tell(source, body)) == [200] * 6
    assert HookCall.objects.get().times == 6


def held(seconds: float, work) -> object:
    """What ``work`` gives while another connection holds the table of hints for writing."""
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute("LOCK TABLE upstreams_hookcall IN ACCESS EXCLUSIVE MODE")
            ready.set()
            done.wait(seconds)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    ready.wait()
    try:
        return work()
    finally:
        done.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_in_a_busy_database_it_is_said_within_two_seconds_that_it_was_not_stored(caplog):
    source = make_source(service="billogram")
    path = prepare(source, KEY).path
    body = event("x")
    began = time.monotonic()
    reply = held(30, lambda: receive(path, signed(body), body))
    assert reply.status == 503
    assert time.monotonic() - began < 2
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert path not in caplog.text
    assert tell(source, body) == 200
    assert HookCall.objects.get().times == 1


@pytest.mark.django_db(transaction=True)
def test_in_a_busy_database_who_comes_after_one_that_waited_in_vain_does_not_wait_as_long():
    source = make_source(service="billogram")
    prepare(source, KEY)

    def many() -> tuple[set[int], float]:
        tell(source, event("first"))
        began = time.monotonic()
        return {tell(source, event("next")) for _ in range(5)}, time.monotonic() - began

    codes, took = held(30, many)
    assert (codes, took < 1) == ({503}, True)
    assert tell(source, event("next")) == 200


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_busy_for_a_moment_is_waited_for():
    source = make_source(service="billogram")
    prepare(source, KEY)
    assert held(0.3, lambda: tell(source, event("x"))) == 200


@pytest.mark.django_db(transaction=True)
def test_the_patience_of_the_connection_is_as_before_afterwards():
    def patience() -> str:
        with connection.cursor() as cursor:
            asked = "SHOW statement_timeout" if connection.vendor == "postgresql" else "PRAGMA busy_timeout"
            cursor.execute(asked)
            return str(cursor.fetchone()[0])

    source = make_source(service="billogram")
    prepare(source, KEY)
    before = patience()
    tell(source, event("x"))
    receive(Hook.objects.get().path, {}, b"")
    assert patience() == before
    assert before in ("0", "20000")


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: nothing at all is stored then")
@pytest.mark.django_db(transaction=True)
def test_what_is_odd_is_stored_although_a_reading_holds_the_connection():
    source = make_source(service="billogram")
    prepare(source, KEY)
    ready, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Connection.objects.select_for_update().get(source=source)
            ready.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    ready.wait()
    began = time.monotonic()
    code, took = tell(source, b"odd"), time.monotonic() - began
    done.set()
    thread.join()
    assert (code, took < 2) == (200, True)
    assert states() == ["ignored"]


@pytest.mark.parametrize("fault", [DatabaseError("gone"), DatabaseError("no space left")])
def test_any_fault_of_the_database_is_a_503(fault, desk, monkeypatch):
    source, _, number = desk

    def fails(*_args):
        raise fault

    monkeypatch.setattr(hook_calls, "keep", fails)
    assert tell(source, event(number)) == 503


def test_old_calls_are_forgotten_once_they_are_settled(desk, monkeypatch):
    source, _, _ = desk
    monkeypatch.setattr(hook_calls, "KEPT", 5)
    for n in range(20):
        HookCall.objects.create(source=source, digest=f"d{n}", external_id="x", state="read" if n else "waiting")
    hook_calls._prune(source)
    assert states() == ["waiting"] + ["read"] * 5
