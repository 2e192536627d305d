"""Files of the desk's own, mode 0600: keys it makes when the environment names none, and an SQLite database."""

import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
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


def split_keys(text: str) -> list[str]:
    """Keys by commas or on lines of their own."""
    return re.findall(r"[^\s,]+", text)


def session_key() -> str:
    return secrets.token_urlsafe(64)


def kept_key(path: Path, make: Callable[[], str]) -> str:
    """The key in the file, made on first use. Two processes that start at once get the same one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, make())
    return path.read_text(encoding="ascii").strip()


class KeyFile(Sequence[str]):
    """The keys in a file of ours, the newest first, read anew at every use: a running process needs no restart."""

    def __init__(self, path: Path) -> None:
        self.path = path
        kept_key(path, fernet_key)

    def __repr__(self) -> str:
        return f"<keys in {self.path}>"

    def __getitem__(self, place: int) -> str:  # type: ignore[override]
        return self._read()[place]

    def __len__(self) -> int:
        return len(self._read())

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def _read(self) -> list[str]:
        return split_keys(self.path.read_text(encoding="ascii"))

    def add(self) -> None:
        """Make a key and put it first; what is encrypted from now on, in whatever process, is under it."""
        self.replace([fernet_key(), *self])

    def replace(self, keys: Sequence[str]) -> None:
        """Put these keys in the place of those in the file: all of them or none, whatever cuts it off."""
        fresh = _written_beside(self.path, "\n".join(keys))
        os.replace(fresh, self.path)
        _settle(self.path.parent)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process at a time changes the file. BlockingIOError while another one does."""
        lock = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(lock)


def _write_once(path: Path, key: str) -> None:
    """Write beside the file and link it into place, so that nobody ever reads half a key."""
    fresh = _written_beside(path, key)
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
    _settle(path.parent)


def _written_beside(path: Path, text: str) -> Path:
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _settle(folder: Path) -> None:
    """What the folder says now survives a power cut: secrets are soon encrypted with a key that lies in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_private(name: str) -> None:
    """Make the file of an SQLite database before SQLite does, which would let everybody on the machine read it."""
    path = Path(name)
    if name != ":memory:" and path.parent.is_dir() and not path.exists():
        # What stands against it is said by the command that opens the database.
        with contextlib.suppress(OSError):
            path.touch(mode=0o600)
