"""What can go wrong with one request, drawn at random: the wire, the status, and answers that lie."""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from email.utils import format_datetime
from random import Random
from typing import Any

from arapp.sandbox.base import Answer, Fault, Request
from arapp.upstreams.base import INVOICES
from tests.storm.clocks import Clocks
from tests.storm.hands import Hands, Key, rows_in

HTML = Answer(200, b"<html><body>Back soon</body></html>", (("Content-Type", "text/html"),))
JSON = (("Content-Type", "application/json"),)

READS = {
    "unreachable": 4,
    "timeout": 4,
    "reset": 4,
    "cut": 4,
    "html": 4,
    "429": 5,
    "5xx": 8,
    "403": 2,
    "empty": 3,
    "thin": 3,
    "short": 3,
    "double": 4,
    "drift": 6,
    "garbled": 4,
}
WRITES = {
    "unreachable": 3,
    "timeout": 4,
    "timeout after": 5,
    "late": 9,
    "reset": 4,
    "reset after": 5,
    "cut after": 4,
    "html": 2,
    "html after": 3,
    "429": 4,
    "5xx": 4,
    "5xx after": 5,
    "403": 1,
}
WORST = 0.5
"""How often a write is struck in any bad weather; there are few of them."""
NEW_WORDS = ("Pondering", "archived", "ESCALATED")
HINTS = (None, "", "-5", "0.2", "3", "20", "45", "90", "1000000", "99999999999999999999", "soon", "date", "past")


@dataclass
class Blow:
    """One fault for one request."""

    kind: str
    after: bool = False
    """The request took effect before things went wrong."""
    fault: Fault | None = None
    """What the stand-in is told to do; None where the trouble is the wire's."""
    seconds: float = 0.0
    """How long it takes to be noticed, or until it takes effect after all."""


class Weather:
    """Draws faults; ``rate`` is how often, 0 for a calm day."""

    def __init__(self, chance: Random, hands: Hands, clocks: Clocks) -> None:
        self.chance, self.hands, self.clocks = chance, hands, clocks
        self.rate = 0.0
        self.drifts = True
        self.withheld: dict[Key, Any] = {}
        """Rows that an answer left out while it looked whole, and when (true time)."""
        self.bent: set[Key] = set()
        """Rows that were shown other than they are."""

    def draw(self, request: Request, *, write: bool) -> Blow | None:
        if self.chance.random() >= (max(self.rate, WORST) if write and self.rate else self.rate):
            return None
        table = WRITES if write else READS
        kind = self.chance.choices(list(table), list(table.values()))[0]
        return self._blow(kind, request)

    def _blow(self, kind: str, request: Request) -> Blow:
        bare = kind.removesuffix(" after")
        after = bare != kind
        if bare in ("unreachable", "timeout", "late"):
            return Blow(kind, after, seconds=self.chance.choice((20.0, 45.0, 51.0, 57.0)) if bare == "late" else 30.0)
        if bare == "reset":
            return Blow(kind, after, Fault(drop=True, after=after))
        if bare == "cut":
            return Blow(kind, True, Fault(change=_cut))
        if bare == "html":
            return Blow(kind, after, Fault(answer=HTML, after=after))
        if bare in ("429", "5xx", "403"):
            return Blow(kind, after, Fault(answer=self._refusal(bare, request), after=after))
        return Blow(kind, True, Fault(change=lambda answer: self._bend(kind, request, answer)))

    def _refusal(self, kind: str, request: Request) -> Answer:
        if kind == "403":
            # A run goes on without a list that is closed to the key, unless it is that of the invoices.
            stream = self.hands.stream_of(request.path)
            for key in self.hands.rows() if stream not in ("", INVOICES) else ():
                if key[0] == stream:
                    self.withheld[key] = self.clocks.true
            return Answer(403, self.hands.errors(403), JSON)
        if kind == "5xx":
            status = self.chance.choice((500, 502, 503, 504))
            body = self.hands.errors(status) if self.chance.random() < 0.5 else b"<html>Bad Gateway</html>"
            return Answer(status, body, JSON)
        return Answer(429, self.hands.errors(429), (*JSON, *self._hint()))

    def _hint(self) -> tuple[tuple[str, str], ...]:
        hint = self.chance.choice(HINTS)
        if hint in ("date", "past"):
            step = timedelta(seconds=self.chance.choice((5, 40, 200)) * (1 if hint == "date" else -1))
            hint = format_datetime(self.clocks.service() + step, usegmt=True)
        return () if hint is None else (("Retry-After", hint),)

    def _bend(self, kind: str, request: Request, answer: Answer) -> Answer:
        """The true answer, changed."""
        if answer.status != 200:
            return answer
        body = json.loads(answer.body, parse_float=Decimal)
        if kind == "drift":
            self._drift(body, request)
        elif kind == "garbled":
            self._garble(body)
        else:
            self._lie(kind, body, self.hands.stream_of(request.path))
        return Answer(answer.status, _dumped(body), answer.headers)

    def _lie(self, kind: str, body: Any, stream: str) -> None:
        if not stream:
            return
        keep: Callable[[list[Any]], list[Any]] = {
            "empty": lambda rows: [],
            "thin": lambda rows: [row for row in rows if self.chance.random() < 0.6],
            "short": lambda rows: rows[:-1],
            "double": self._doubled,
        }[kind]
        honest = kind in ("empty", "thin")
        out = self.hands.cut_list(body, keep, honest=honest)
        if out is None:
            return
        if honest:
            for key in self.hands.rows():
                if key[0] == stream:
                    self.withheld[key] = self.clocks.true

    def _doubled(self, rows: list[Any]) -> list[Any]:
        """One row stands in another's place."""
        if len(rows) < 2:
            return rows
        one, other = self.chance.sample(range(len(rows)), 2)
        changed = list(rows)
        changed[one] = copy.deepcopy(rows[other])
        return changed

    def _drift(self, body: Any, request: Request) -> None:
        """New fields, nulls where there may be some, words nobody knows."""
        if not self.drifts:
            return
        for row in list(rows_in(body)):
            if self.chance.random() < 0.5:
                row["brand_new"] = {"level": self.chance.randrange(9)}
            for name in self.hands.optional:
                if name in row and self.chance.random() < 0.3:
                    row[name] = None
                    self._bent(row)
            for name in self.hands.words:
                if name in row and self.chance.random() < 0.2:
                    row[name] = self.chance.choice(NEW_WORDS)
                    self._bent(row)

    def _garble(self, body: Any) -> None:
        """What cannot be read: a row without what it cannot be without, or with an amount that is none."""
        rows = [row for row in rows_in(body) if any(name in row for name in self.hands.needed)]
        for row in rows:
            if self.chance.random() < 0.4:
                name = self.chance.choice([name for name in self.hands.needed if name in row])
                row[name] = self.chance.choice((None, "", "12,50 kr", [], {"x": 1}))
                self._bent(row)

    def _bent(self, row: dict[str, Any]) -> None:
        name = str(row.get("uid") or row.get("id") or "")
        self.bent |= {key for key in self.hands.rows() if key[1] == name}


def _cut(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body[: max(1, len(answer.body) // 2)], answer.headers)


def _dumped(body: Any) -> bytes:
    """JSON with numbers exactly as they were."""
    from arapp.receivables.records import dump

    return dump(body).encode()
