"""Files of the desk's own, mode 0600: keys it makes when the environment names none, and an SQLite database."""

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet


def fernet_key() -> str:
    return Fernet.generate_key().decode("ascii")


def is_fernet_key(text: str) -> bool:
    """Whether a text can be used to encrypt: 32 bytes in URL-safe base64."""
    try:
        Fernet(text.strip())
    except ValueError:
        return False
    return True


def session_key() -> str:
    return secrets.token_urlsafe(64)


def kept_key(path: Path, make: Callable[[], str]) -> str:
    """The key in the file, made on first use. Two processes that start at once get the same one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, make())
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, key: str) -> None:
    """Write beside the file and link it into place, so that nobody ever reads half a key."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600)
    fresh.write_text(key, encoding="ascii")
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


def make_private(name: str) -> None:
    """Make the file of an SQLite database before SQLite does, which would let everybody on the machine read it."""
    path = Path(name)
    if name != ":memory:" and path.parent.is_dir() and not path.exists():
        # What stands against it is said by the command that opens the database.
        with contextlib.suppress(OSError):
            path.touch(mode=0o600)
