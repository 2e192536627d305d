"""One schedule: a desk and a service in seeded weather, then a calm in which both must come to agree.

``run_schedule`` is all that others need; it wants a migrated database that nobody else writes to.
"""

import contextlib
import random
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest import mock

from django.db import connection

from arapp.outbox.models import Intent
from arapp.receivables.models import Invoice
from arapp.upstreams import walker
from tests.storm import invariants
from tests.storm.calm import agree
from tests.storm.desk import clear, quiet_logs
from tests.storm.processes import Death
from tests.storm.services import HANDS
from tests.storm.world import World

SERVICES = tuple(HANDS)


@dataclass
class Result:
    service: str
    seed: int
    over_http: bool = False
    troubles: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    """What happened, one line each."""

    @property
    def ok(self) -> bool:
        return not self.troubles

    @property
    def line(self) -> str:
        how = " http" if self.over_http else ""
        return f"storm {self.service} seed={self.seed}{how} {'; '.join(self.troubles[:4]) or 'ok'}"


def run_schedule(service: str, seed: int, *, over_http: bool = False) -> Result:
    """Run one schedule. Never raises; ``ok`` and ``line`` of the result say what did not hold."""
    result = Result(service, seed, over_http)
    jitter = random.getstate()
    try:
        clear()
        with quiet_logs(result.troubles):
            _run(result)
    except (Exception, Death) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        result.troubles.append(f"{type(error).__name__}: {error} ({last.filename.rpartition('/')[2]}:{last.lineno})")
        connection.close()
    finally:
        random.setstate(jitter)
    return result


def _run(result: Result) -> None:
    world = World(result.service, result.seed, over_http=result.over_http)
    small = world.hands.small_pages(world.chance.choice((3, 5, 9)))
    narrow = mock.patch.object(walker, "CHEAP_WALK", world.chance.choice((0, 50)))
    try:
        with small, narrow, world.hands.hiding(), world.clocks.running(), world.processes.watching():
            world.open_desk()
            Storm(world).blow()
            if not world.troubles:
                agree(world)
    finally:
        world.close()
        result.troubles += world.troubles
        result.counts, result.told = world.counts, world.told
        _count(world)


def _count(world: World) -> None:
    world.counts["schedules"] += 1
    world.counts["deaths"] += world.processes.deaths
    world.counts["commits"] += world.processes.commits
    world.counts["intents"] += Intent.objects.count()
    world.counts["rows"] += len(world.history.lives)


class Storm:
    """The steps of one schedule."""

    def __init__(self, world: World) -> None:
        self.world, self.chance = world, world.chance
        self.steps: dict[Callable[[], None], int] = {
            self.pull: 28,
            self.pull_whole: 5,
            self.push: 34,
            self.decide: 26,
            self.happen: 14,
            self.wait: 10,
            self.our_clock: 3,
            self.their_clock: 3,
            self.other_account: 4,
            self.wrong_key: 3,
        }

    def blow(self) -> None:
        world, chance = self.world, self.chance
        if chance.random() < 0.8:
            world.pull()
            invariants.look(world)
        world.processes.between = world.between_statements
        for _step in range(chance.randrange(6, 12)):
            world.weather.rate = chance.choice((0.0, 0.05, 0.12, 0.25))
            world.mischief = chance.choice((0.0, 0.1, 0.25))
            world.fuses = chance.choice((0.0, 0.3, 0.7))
            step = chance.choices(list(self.steps), list(self.steps.values()))[0]
            if chance.random() < 0.15:
                world.hide()
            world.tell(f"== step {_step + 1} {step.__name__}, weather {world.weather.rate}")
            step()
            world.hands.hidden = frozenset()
            invariants.look(world)
            if world.troubles:
                world.troubles[0] += f" (step {_step + 1}, {step.__name__})"
                return

    def _process(self, name: str, work: Callable[[], Any]) -> Any:
        done, died = self.world.processes.run(name, self.world.fuse(), work)
        if died:
            self.world.tell(f"{name} died at {died}")
            self.world.counts[f"death at {died}"] += 1
        return done

    def pull(self) -> None:
        self._process("worker", self.world.pull)

    def pull_whole(self) -> None:
        self._process("worker", lambda: self.world.pull(full=True))

    def push(self) -> None:
        """Now and then another one soon after, as a worker that ticks does it."""
        for _one in range(self.chance.randrange(1, 4)):
            self._process("worker", self.world.push)

    def decide(self) -> None:
        for _one in range(self.chance.randrange(1, 4)):
            self._process("person", self.world.settle if self.chance.random() < 0.2 else self.world.decide)

    def happen(self) -> None:
        for _one in range(self.chance.randrange(1, 5)):
            self.world.happen()

    def wait(self) -> None:
        self.world.clocks.advance(self.chance.choice((10, 61, 125, 700, 4_000, 30_000, 90_000)))
        self.world.note()

    def our_clock(self) -> None:
        """Our clock jumps; nothing is under way at the service, for no reader could tell that time from another."""
        world = self.world
        if world.late:
            world.clocks.advance(60)
        world.clocks.set_ours_off(timedelta(seconds=self.chance.choice((-4_000, -90, 0, 0, 90, 4_000, 100_000))))
        world.counts["clock jumps"] += 1

    def their_clock(self) -> None:
        self.world.clocks.service_off = timedelta(seconds=self.chance.choice((-9_000, -90, 0, 90, 9_000, 90_000)))
        self.world.counts["clock jumps"] += 1
        self.world.note()

    def other_account(self) -> None:
        """For a while our key opens another account."""
        world = self.world
        if not Invoice.objects.filter(source=world.source_id).exists():
            return
        world.reached, mischief, world.mischief = world.stranger, world.mischief, 0.0
        self._process("worker", world.pull)
        world.reached, world.mischief = world.hands.stand_in, mischief
        world.counts["other account"] += 1

    def wrong_key(self) -> None:
        world, place = self.world, self.world.hands.stand_in
        with _revoked(place):
            self._process("worker", self.chance.choice((world.pull, world.push)))
        world.counts["wrong key"] += 1


@contextlib.contextmanager
def _revoked(place: Any) -> Iterator[None]:
    if hasattr(place, "keys"):
        keys, place.keys = place.keys, {}
        yield
        place.keys = keys
    else:
        place.revoked = True
        yield
        place.revoked = False
