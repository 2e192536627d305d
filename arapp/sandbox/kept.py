"""What the demo keeps between two starts, in tables of its own inside the demo's database file.

The stand-ins hold their data in memory; the same seed, clock and writes give the same data again.
"""

import fcntl
import json
import os
import secrets
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from arapp.sandbox.base import Answer, Clock, Request, StandIn

TABLES = """
CREATE TABLE IF NOT EXISTS sandbox_told (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sandbox_write (
  id INTEGER PRIMARY KEY, service TEXT NOT NULL, at TEXT NOT NULL, request TEXT NOT NULL);
"""
WAIT = 20.0


class NotOurs(Exception):
    """A database file that the demo did not make. The text is a sentence for people."""


class Kept:
    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self, names: Iterable[str]) -> None:
        """NotOurs when the file is no database of the demo, or holds sources with other names."""
        if not self.path.exists():
            return
        try:
            with closing(sqlite3.connect(self.path, timeout=WAIT)) as file:
                tables = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                if tables and "sandbox_told" not in tables:
                    raise NotOurs(f"{self.path} is a database that the demo did not make. Move it away first.")
                self._check_sources(file, tables, set(names))
        except sqlite3.DatabaseError as error:
            raise NotOurs(f"{self.path} is not a database of the demo ({error}). Move it away first.") from error

    def _check_sources(self, file: sqlite3.Connection, tables: set[str], names: set[str]) -> None:
        if "receivables_source" not in tables:
            return
        rows = file.execute("SELECT name, stand_in FROM receivables_source").fetchall()
        foreign = sorted(name for name, stand_in in rows if name not in names or not stand_in)
        if foreign:
            raise NotOurs(
                f"{self.path} holds sources that the demo did not make ({', '.join(foreign)}). "
                "Move the file away, or use the desk with manage.py runserver."
            )

    def open(self) -> None:
        """Make the file, readable by its owner alone, and our tables in it."""
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(self.path, timeout=WAIT)) as file:
            file.executescript(TABLES)

    def hold(self) -> IO[str]:
        """Keep other demos off the file until what is returned is closed. NotOurs while another one runs."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = self.path.with_suffix(".lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise NotOurs("Another demo is running on this database. End it first, or set ARAPP_DATA.") from None
        return lock

    def delete(self) -> None:
        """The database file and what SQLite itself keeps beside it."""
        for name in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
            name.unlink(missing_ok=True)

    def told(self, name: str, value: str) -> str:
        """What was kept under a name; the value given here, and kept from now on, the first time."""
        with closing(sqlite3.connect(self.path, timeout=WAIT)) as file, file:
            file.execute("INSERT OR IGNORE INTO sandbox_told VALUES (?, ?)", (name, value))
            return file.execute("SELECT value FROM sandbox_told WHERE name = ?", (name,)).fetchone()[0]

    def tell(self, name: str, value: str) -> None:
        """Keep a value under a name, whatever was there."""
        with closing(sqlite3.connect(self.path, timeout=WAIT)) as file, file:
            file.execute("INSERT OR REPLACE INTO sandbox_told VALUES (?, ?)", (name, value))

    def password(self, name: str) -> str:
        return self.told(f"password of {name}", secrets.token_urlsafe(9))

    def began(self) -> datetime:
        """The moment the demo's data is seen from: the first start."""
        return datetime.fromisoformat(self.told("began", datetime.now(UTC).isoformat()))

    def keep(self, stand_ins: Sequence[StandIn]) -> None:
        """Write down every write that the stand-ins carry out from now on."""
        for stand_in in stand_ins:
            stand_in.after_write = self._keeper(stand_in)

    def _keeper(self, stand_in: StandIn) -> Callable[[Request, Answer], None]:
        def keep(request: Request, answer: Answer) -> None:
            if answer.status >= 400:
                return
            row = (stand_in.service, stand_in.clock.now().isoformat(), _packed(request))
            with closing(sqlite3.connect(self.path, timeout=WAIT)) as file, file:
                file.execute("INSERT INTO sandbox_write (service, at, request) VALUES (?, ?, ?)", row)

        return keep

    def replay(self, stand_ins: Sequence[StandIn], clock: Clock) -> int:
        """Carry out the kept writes again, each at its own moment; how many there were."""
        by_service = {stand_in.service: stand_in for stand_in in stand_ins}
        with closing(sqlite3.connect(self.path, timeout=WAIT)) as file:
            rows = file.execute("SELECT service, at, request FROM sandbox_write ORDER BY id").fetchall()
        for service, at, request in rows:
            clock.set(datetime.fromisoformat(at))
            by_service[service].handle(_unpacked(request))
        return len(rows)


def _packed(request: Request) -> str:
    body = b64encode(request.body).decode("ascii")
    return json.dumps([request.method, request.path, request.query, request.headers, body])


def _unpacked(text: str) -> Request:
    method, path, query, headers, body = json.loads(text)
    return Request(method, path, tuple((key, value) for key, value in query), headers, b64decode(body))
