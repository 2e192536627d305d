import multiprocessing
import os
import signal
import stat
import threading
import time
from pathlib import Path

import pytest

from arapp.keys import KeyFile, fernet_key, is_fernet_key, kept_key, session_key, split_keys


def test_a_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path):
    path = tmp_path / "folder" / "secret.key"
    first = kept_key(path, session_key)
    assert kept_key(path, session_key) == first
    assert len(first) > 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_get_the_same_key(tmp_path: Path):
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(kept_key(tmp_path / "k", fernet_key))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_keys_stand_by_commas_or_on_lines():
    assert split_keys(" a,b\nc \r\n\n,") == ["a", "b", "c"]
    assert split_keys("") == []


def test_a_file_of_keys_is_read_anew_at_every_use(tmp_path: Path):
    """What one process puts into it, another uses at once."""
    path = tmp_path / "encryption.key"
    here, elsewhere = KeyFile(path), KeyFile(path)
    first = here[0]
    assert is_fernet_key(first)
    elsewhere.add()
    assert len(here) == 2
    assert list(here)[1] == first
    elsewhere.replace(list(elsewhere)[:1])
    assert list(here) == list(elsewhere)
    assert first not in here


def test_the_file_of_keys_stays_its_owners_alone_and_leaves_nothing_beside_it(tmp_path: Path):
    keys = KeyFile(tmp_path / "encryption.key")
    os.umask(os.umask(0))
    keys.add()
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["encryption.key"]


def test_keys_are_not_shown_where_the_file_of_keys_is(tmp_path: Path):
    keys = KeyFile(tmp_path / "encryption.key")
    assert keys[0] not in repr(keys)


def test_only_one_process_changes_the_keys_at_a_time(tmp_path: Path):
    one, other = KeyFile(tmp_path / "k"), KeyFile(tmp_path / "k")
    with one.alone(), pytest.raises(BlockingIOError), other.alone():
        pass
    with other.alone():
        pass
    assert stat.S_IMODE((tmp_path / "k.lock").stat().st_mode) == 0o600


def _add_keys_for_ever(path: Path) -> None:
    keys = KeyFile(path)
    while True:
        keys.add()


def test_a_process_that_is_killed_while_it_writes_leaves_whole_keys(tmp_path: Path):
    path = tmp_path / "k"
    first = KeyFile(path)[0]
    for pause in (0.05, 0.08, 0.11):
        writer = multiprocessing.get_context("fork").Process(target=_add_keys_for_ever, args=(path,))
        writer.start()
        time.sleep(pause)
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        found = list(KeyFile(path))
        assert all(map(is_fernet_key, found))
        assert found[-1] == first
