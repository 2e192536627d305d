import stat
import threading
from pathlib import Path

from arapp.keys import fernet_key, kept_key, session_key


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
