"""After the weather: clean runs, until mirror and service say the same."""

from datetime import timedelta

from arapp.outbox.models import UNSETTLED, Intent
from arapp.upstreams.models import Connection, RunStatus
from tests.storm import invariants
from tests.storm.world import World

CLEAN_RUNS = 3
WHOLE_AGAIN = timedelta(hours=25)
"""What only a walk over everything shows is found by the daily one."""


def agree(world: World) -> None:
    """The weather is over: at most three clean runs until both say the same."""
    world.weather.rate = world.mischief = world.fuses = 0.0
    world.processes.between = None
    world.clocks.advance(60)
    world.clocks.set_ours_off(timedelta())
    world.clocks.service_off = timedelta()
    world.clocks.advance(16 * 60)
    left: list[str] = []
    for run in range(1, CLEAN_RUNS + 1):
        _wait_out(world, at_least=timedelta(seconds=130) if run == 1 else WHOLE_AGAIN)
        _clean_run(world)
        invariants.look(world)
        left = invariants.apart(world)
        if not left:
            world.counts[f"agreed after {run}"] += 1
            return
    world.troubles += [f"after {CLEAN_RUNS} clean runs: {sentence}" for sentence in left[:3]]


def _clean_run(world: World) -> None:
    report, _died = world.processes.run("worker", None, world.pull)
    if report.status != RunStatus.OK:
        world.counts[f"clean run {report.status}"] += 1
    if report.status == RunStatus.PARTIAL and world.source().runs.first().missing:
        Connection.objects.get(source=world.source_id).accept_gone()
        world.counts["consents"] += 1
    world.processes.run("worker", None, world.push)


LONGEST = timedelta(days=3)
"""Our clock may have been over a day ahead when a service asked for a day, the most that is believed."""


def _wait_out(world: World, at_least: timedelta) -> None:
    """Until nothing is postponed any more: sources, tries, whole walks, and the look back at lost answers."""
    with world.processes.rest():
        now = world.clocks.ours()
        waits = [Connection.objects.get(source=world.source_id).postponed_until]
        waits += Intent.objects.filter(state__in=UNSETTLED).values_list("due_at", flat=True)
        until = max([now + at_least, *(moment for moment in waits if moment)])
        if until - now > LONGEST:
            world.trouble(f"something is put off until {until:%Y-%m-%d %H:%M}")
            return
        world.clocks.advance((until - now).total_seconds() + 1)
        world.note()
