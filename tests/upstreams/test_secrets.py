"""Secrets at rest: encrypted, rotated while the desk runs, and said where they cannot be opened."""

import io
import json
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core import checks
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from arapp.keys import KeyFile, fernet_key
from arapp.receivables.models import Source
from arapp.upstreams import sealed
from arapp.upstreams.management.commands import rotate_key
from arapp.upstreams.models import Connection, Hook
from arapp.upstreams.pull import pull
from arapp.upstreams.sealed import bring_under_newest, unopened, warning
from arapp.upstreams.secrets import SecretLost, conceal, opens, renewed, reveal
from tests.conftest import make_source, make_user
from tests.upstreams.conftest import Desk

OTHER = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz8="


@pytest.fixture
def keys(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> KeyFile:
    """The keys in a file of the desk's own, as where ENCRYPTION_KEY is not set."""
    settings.ENCRYPTION_KEYS = KeyFile(tmp_path / "encryption.key")
    monkeypatch.setattr(rotate_key, "SETTLES", 0.0)
    return settings.ENCRYPTION_KEYS


def with_hook(source: Source) -> Hook:
    return Hook.objects.create(source=source, path=f"p{source.pk}", key=conceal("k-new"), old_key=conceal("k-old"))


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rotate_key", *arguments, stdout=out)
    return out.getvalue()


def under(key: str) -> list[bool]:
    """For each stored secret, whether this key alone opens it."""
    tokens = [*Connection.objects.values_list("secret", flat=True)]
    for pair in Hook.objects.values_list("key", "old_key"):
        tokens += pair
    return [_opened_by(key, token) for token in tokens]


def _opened_by(key: str, token: str) -> bool:
    try:
        Fernet(key).decrypt(token.encode())
    except Exception:
        return False
    return True


def test_what_is_stored_is_not_the_secret(db: None):
    source = make_source()
    stored = Connection.objects.get()
    assert "a-secret-of-tests" not in stored.secret
    assert stored.plain_secret() == "a-secret-of-tests"
    assert stored.secret_tail == "ests"
    assert source.connection.secret != Connection(source=source).secret


def test_any_of_the_keys_opens_and_the_newest_encrypts(settings: Any):
    old, new = fernet_key(), fernet_key()
    settings.ENCRYPTION_KEYS = [old]
    token = conceal("one")
    settings.ENCRYPTION_KEYS = [new, old]
    assert reveal(token) == "one"
    fresh = renewed(token)
    assert renewed(fresh) == fresh
    settings.ENCRYPTION_KEYS = [new]
    assert reveal(fresh) == "one"
    assert not opens(token)
    with pytest.raises(SecretLost):
        reveal(token)


@pytest.mark.parametrize("damaged", ["", "no token", "gAAAA\n", "ü"])
def test_what_is_no_token_is_a_lost_secret_and_no_crash(damaged: str):
    with pytest.raises(SecretLost):
        reveal(damaged)


def test_a_file_of_keys_that_is_gone_is_a_lost_secret_and_no_crash(keys: KeyFile):
    token = conceal("one")
    keys.path.unlink()
    with pytest.raises(SecretLost):
        reveal(token)
    assert not opens(token)


def test_rotation_brings_every_secret_under_a_new_key(db: None, keys: KeyFile):
    with_hook(make_source())
    make_source()
    first = keys[0]
    assert under(first) == [True] * 4
    assert "4 stored secrets" in run()
    assert list(keys)[1:] == [first]
    assert under(keys[0]) == [True] * 4
    assert under(first) == [False] * 4
    assert [row.plain_secret() for row in Connection.objects.all()] == ["a-secret-of-tests"] * 2
    assert reveal(Hook.objects.get().old_key) == "k-old"


def test_rotation_can_forget_the_older_keys(db: None, keys: KeyFile):
    with_hook(make_source())
    run()
    run("--forget")
    assert len(keys) == 1
    assert under(keys[0]) == [True] * 3
    assert unopened() == []


def test_rotation_keeps_every_key_while_a_secret_is_locked(db: None, keys: KeyFile, settings: Any):
    make_source("open")
    locked = make_source("locked")
    mine = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [OTHER]
    token = conceal("lost")
    settings.ENCRYPTION_KEYS = mine
    Connection.objects.filter(source=locked).update(secret=token)
    with pytest.raises(CommandError, match="locked"):
        run("--forget")
    assert len(keys) == 2
    assert Connection.objects.get(source=locked).secret == token
    keys.replace([*keys, OTHER])
    run("--forget")
    assert len(keys) == 1
    assert Connection.objects.get(source=locked).plain_secret() == "lost"


def _counted(calls: list[str], token: str) -> str:
    calls.append(token)
    return renewed(token)


@pytest.mark.parametrize("place", ["after the key", "in the middle", "before forgetting", "after forgetting"])
def test_rotation_may_be_cut_off_anywhere_and_repeated(
    db: None, keys: KeyFile, monkeypatch: pytest.MonkeyPatch, place: str
):
    for _ in range(3):
        with_hook(make_source())

    class CutOff(BaseException):
        pass

    def cut(*_: Any) -> Any:
        raise CutOff

    calls: list[str] = []
    if place == "after the key":
        monkeypatch.setattr(rotate_key, "bring_under_newest", cut)
    elif place == "in the middle":
        monkeypatch.setattr(sealed, "renewed", lambda token: cut() if len(calls) > 3 else _counted(calls, token))
    elif place == "before forgetting":
        monkeypatch.setattr(rotate_key.Command, "_forget", cut)
    else:
        monkeypatch.setattr(rotate_key, "unopened", cut)
    with pytest.raises(CutOff):
        run("--forget")
    monkeypatch.undo()
    monkeypatch.setattr(rotate_key, "SETTLES", 0.0)
    assert unopened() == []
    run("--forget")
    assert (len(keys), under(keys[0])) == (1, [True] * 9)


def test_a_secret_that_is_stored_in_the_last_moment_is_not_locked_out(
    db: None, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
):
    """It was encrypted with the key before and is written when that key has just been removed."""
    make_source()
    late = conceal("late")
    real = keys.replace
    written: list[int] = []

    def replace(wanted: list[str]) -> None:
        real(wanted)
        if len(wanted) == 1 and not written:
            written.append(Connection.objects.update(secret=late))

    monkeypatch.setattr(KeyFile, "replace", lambda self, wanted: replace(wanted))
    run("--forget")
    assert written == [1]
    assert len(keys) == 1
    assert Connection.objects.get().plain_secret() == "late"


def test_a_secret_that_somebody_stores_meanwhile_is_not_overwritten(
    db: None, keys: KeyFile, monkeypatch: pytest.MonkeyPatch
):
    make_source()
    keys.add()

    def renewed_late(token: str) -> str:
        Connection.objects.update(secret=conceal("newer"))
        return renewed(token)

    monkeypatch.setattr(sealed, "renewed", renewed_late)
    assert bring_under_newest() == (0, [])
    assert Connection.objects.get().plain_secret() == "newer"


def test_two_rotations_at_once_are_one(db: None, keys: KeyFile):
    with keys.alone(), pytest.raises(CommandError, match="Another process"):
        run()
    assert len(keys) == 1


def test_keys_in_the_environment_are_used_and_never_changed(db: None, settings: Any):
    with_hook(make_source())
    new = fernet_key()
    settings.ENCRYPTION_KEYS = [new, *settings.ENCRYPTION_KEYS]
    out = run("--forget")
    assert "can be removed from ENCRYPTION_KEY" in out
    assert under(new) == [True] * 3
    settings.ENCRYPTION_KEYS = [new]
    assert unopened() == []
    assert "0 stored secrets" in run()
    assert len(settings.ENCRYPTION_KEYS) == 1


def _read_for_ever(path: Path, reads: Any, failures: Any) -> None:
    from django.conf import settings

    connections.close_all()
    settings.ENCRYPTION_KEYS = KeyFile(path)
    while True:
        # What was fetched before the key it is under was removed is fetched anew: by now it is under a newer one.
        if not any(opens(Connection.objects.get().secret) for _ in range(2)):
            failures.value += 1
        reads.value += 1


def _wait_for_two_reads(reads: Any) -> None:
    before, until = reads.value, time.monotonic() + 20
    while reads.value < before + 2 and time.monotonic() < until:
        time.sleep(0.005)
    assert reads.value >= before + 2


@pytest.mark.django_db(transaction=True)
def test_a_running_process_opens_the_secrets_through_every_rotation(keys: KeyFile):
    make_source()
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    reads, failures = fork.Value("i", 0), fork.Value("i", 0)
    reader = fork.Process(target=_read_for_ever, args=(keys.path, reads, failures))
    reader.start()
    try:
        for _ in range(10):
            _wait_for_two_reads(reads)
            run("--forget")
        _wait_for_two_reads(reads)
        assert failures.value == 0
    finally:
        os.kill(reader.pid, signal.SIGKILL)
        reader.join()


# a wrong key


@pytest.fixture
def locked(connected: Desk, settings: Any) -> Iterator[Source]:
    source, _stand_in = connected("billover", invoices=4, name="north")
    connected("billomat", invoices=4)
    mine = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [OTHER]
    fine = Connection.objects.get(source__service="billomat")
    fine.keep_secret("another")
    fine.save()
    yield source
    settings.ENCRYPTION_KEYS = mine


def test_a_wrong_key_is_said_by_name_and_blanks_nothing(locked: Source):
    before = list(Connection.objects.order_by("pk").values())
    assert "north" in warning()
    assert "billomat" not in warning()
    found = [one for one in checks.run_checks(include_deployment_checks=True) if one.id == "upstreams.E001"]
    assert len(found) == 1
    assert "ENCRYPTION_KEY" in found[0].msg
    assert not [one for one in checks.run_checks() if one.id == "upstreams.E001"]
    report = pull(locked)
    assert (report.status, "ENCRYPTION_KEY" in report.error) == ("failed", True)
    after = list(Connection.objects.order_by("pk").values())
    secret = [(row["source_id"], row["secret"], row["secret_tail"], row["user"]) for row in after]
    assert secret == [(row["source_id"], row["secret"], row["secret_tail"], row["user"]) for row in before]


def test_the_worker_says_it_at_its_start(locked: Source, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("arapp.upstreams.working.Work.run", lambda self: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    out, err = io.StringIO(), io.StringIO()
    call_command("work", stdout=out, stderr=err)
    assert "north" in err.getvalue()
    assert len(err.getvalue().strip().splitlines()) == 1


def test_the_right_key_again_and_all_is_well(locked: Source, settings: Any):
    settings.ENCRYPTION_KEYS = [OTHER, "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo="]
    assert warning() == ""
    report = pull(locked)
    assert report.status == "ok", report


def test_the_condition_of_a_locked_source_says_so(locked: Source, client: Any):
    client.force_login(make_user(role="administrator"))
    for path in ("/sources/", f"/sources/{locked.pk}/"):
        page = client.get(path).content.decode()
        assert page.count("stored secret is locked") >= 1, path
    other = Source.objects.get(service="billomat")
    assert "stored secret is locked" not in client.get(f"/sources/{other.pk}/").content.decode()


def test_a_locked_hook_is_said_too(db: None, settings: Any):
    hook = with_hook(make_source("North"))
    mine = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [OTHER]
    Hook.objects.filter(pk=hook.pk).update(key=conceal("x"))
    settings.ENCRYPTION_KEYS = mine
    assert unopened() == ["North"]


def test_before_the_tables_are_made_nothing_is_said(db: None, monkeypatch: pytest.MonkeyPatch):
    from django.db import OperationalError

    def broken(*_: Any) -> Any:
        raise OperationalError("no such table")

    monkeypatch.setattr(sealed, "unopened", broken)
    assert warning() == ""


def test_json_and_database_carry_no_key(db: None, keys: KeyFile):
    make_source()
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    assert json.loads(out.getvalue())
    assert keys[0] not in out.getvalue()
    assert connection.vendor in ("sqlite", "postgresql")
