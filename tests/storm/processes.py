"""Processes of the desk that can die anywhere, and that others run into: in one thread, one within the other.

A death is a BaseException at the n-th request, statement or commit of a process. From then on each of its statements
dies too, so that nothing tidies up what a dead process could not have tidied up.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

ENDINGS = ("ROLLBACK", "RELEASE")
"""What a database does by itself when a client is gone."""


class Death(BaseException):
    """The process ends here; no ``except Exception`` of ours sees it."""


@dataclass
class Fuse:
    """``where``: request, answer, statement, done (a statement of its own was carried out), commit, committed."""

    where: str
    left: int


@dataclass
class Process:
    name: str
    fuse: Fuse | None = None
    dead: bool = False
    died_at: str = ""


@dataclass
class Processes:
    stack: list[Process] = field(default_factory=list)
    deaths: int = 0
    commits: int = 0
    between: Callable[[], None] | None = None
    """Called between two statements outside of a transaction, where others may come in."""
    resting: int = 0
    """Above zero: nothing that happens counts as the process's own."""

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        commit = connection.commit
        connection.commit = lambda: self._commit(commit)
        try:
            with connection.execute_wrapper(self._statement):
                yield
        finally:
            del connection.commit

    def run(self, name: str, fuse: Fuse | None, work: Callable[[], Any]) -> tuple[Any, str]:
        """What the work gave, and where the process died ("" when it did not)."""
        process = Process(name, fuse)
        self.stack.append(process)
        try:
            return work(), ""
        except Death:
            self.deaths += 1
            if connection.in_atomic_block and len(self.stack) == 1:
                connection.close()
            return None, process.died_at
        finally:
            self.stack.pop()

    def point(self, where: str) -> None:
        """A place where the running process may die."""
        if self.resting or not self.stack:
            return
        process = self.stack[-1]
        if process.dead:
            raise Death
        if process.fuse and process.fuse.where == where:
            process.fuse.left -= 1
            if process.fuse.left <= 0:
                process.dead, process.died_at = True, where
                raise Death

    @contextlib.contextmanager
    def rest(self) -> Iterator[None]:
        """What is done inside is the test's own doing."""
        self.resting += 1
        try:
            yield
        finally:
            self.resting -= 1

    def _statement(self, execute: Callable, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if self.resting or not self.stack or str(sql).startswith(ENDINGS):
            return execute(sql, params, many, context)
        if self.between and not connection.in_atomic_block and not self.stack[-1].dead:
            self.between()
        self.point("statement")
        answer = execute(sql, params, many, context)
        if not connection.in_atomic_block and not str(sql).startswith("BEGIN"):
            self.point("done")
        return answer

    def _commit(self, commit: Callable[[], None]) -> None:
        self.commits += 1
        try:
            self.point("commit")
        except Death:
            connection.rollback()
            raise
        commit()
        self.point("committed")
