"""What must hold during the weather after each step, and what must hold after it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from arapp.approvals.models import Approval, Decision, Origin
from arapp.outbox.models import UNSETTLED, Intent, IntentState
from arapp.receivables.models import Customer, Invoice
from arapp.receivables.money import Money
from arapp.upstreams.base import CUSTOMERS, Adapter
from arapp.upstreams.models import Connection, Quarantined
from arapp.upstreams.registry import ADAPTERS
from tests.storm.hands import Key
from tests.storm.history import differing, facts_held, key_of
from tests.storm.world import STREAMS, World

Rows = dict[Key, Customer | Invoice]


def look(world: World) -> None:
    """Everything that holds at any moment; what does not is noted in ``world.troubles``."""
    world.note()
    with world.processes.rest():
        rows = mirrored(world)
        for sentence in (*_gone(world, rows), *_strangers(world, rows), *_cursor(world, rows), *_intents(world)):
            world.trouble(sentence)


def mirrored(world: World) -> Rows:
    """What the mirror has read as an object of its own, gone or not."""
    customers = Customer.objects.filter(source=world.source_id, brief=False)
    invoices = Invoice.objects.filter(source=world.source_id).select_related("customer")
    return {key_of(row): row for row in (*customers, *invoices)}


def _gone(world: World, rows: Rows) -> Iterator[str]:
    live = world.history.live()
    for key, row in rows.items():
        if row.gone_at and key in live:
            yield f"{_name(key)} is live at the service and marked as gone"


def _strangers(world: World, rows: Rows) -> Iterator[str]:
    for key in rows.keys() - world.history.lives.keys():
        yield f"{_name(key)} is in the mirror and was never at the service"


def _cursor(world: World, rows: Rows) -> Iterator[str]:
    """Rows that were there when the reading began are in the mirror, as they were then or newer.

    What a list left out while it looked whole can be known only from the next whole walk on, and what changed while
    our clock showed moments for a second time only when it has caught up.
    """
    connection = Connection.objects.get(source=world.source_id)
    aside = set(Quarantined.objects.waiting().filter(source=world.source_id).values_list("stream", "external_id"))
    if connection.walked_at is None:
        return
    whole = world.moment_of(connection.walked_at)
    certain = connection.walked_at > world.clocks.shown_before
    for name in ("read_at", "walked_at"):
        moment = world.moment_of(getattr(connection, name))
        for key, life in world.history.live().items():
            if life.born > moment or key in aside or world.weather.withheld.get(key, whole) > whole:
                continue
            yield from _behind(world, name, key, rows, moment, content=certain and name == "walked_at")


def _behind(world: World, name: str, key: Key, rows: Rows, moment: datetime, *, content: bool) -> Iterator[str]:
    row = rows.get(key)
    if row is None:
        yield f"{name} is ahead of {_name(key)}, which is not in the mirror"
    elif content and key not in world.weather.bent:
        held, versions = facts_held(row), world.history.lives[key].since(moment)
        if not any(not differing(facts, held) for facts in versions):
            yield f"{name} is ahead of {_name(key)}: {', '.join(differing(versions[0], held))}"


def _intents(world: World) -> Iterator[str]:
    adapter = ADAPTERS[world.service]
    for intent in Intent.objects.filter(source=world.source_id).select_related("invoice").order_by("pk"):
        count, who = world.effects[intent.pk], f"intent {intent.pk} ({intent.kind}, {intent.state})"
        if count > 1 + world.allowed[intent.pk]:
            yield f"{who} had {count} effects"
        if intent.settled_by_id or world.allowed[intent.pk]:
            continue
        if intent.state == IntentState.DONE and not count and not _was_so(world, intent, adapter):
            yield f"{who} had no effect"
        if intent.state in (IntentState.REFUSED, IntentState.SUPERSEDED) and count:
            yield f"{who} had an effect"


def _was_so(world: World, intent: Intent, adapter: type[Adapter]) -> bool:
    """Whether the service showed what was asked for at any time since somebody asked."""
    word = adapter.word_after.get(intent.kind)
    life = world.history.lives.get((STREAMS[intent.invoice.kind], intent.invoice.external_id))
    since = world.clocks.true_of_ours(intent.created_at)
    return bool(word and life) and any(facts.get("service_decision") == word for facts in life.since(since))


# after the weather


def apart(world: World) -> list[str]:
    """What keeps mirror and service apart; nothing when they are the same."""
    with world.processes.rest():
        world.note()
        rows = mirrored(world)
        return [*_rows_apart(world, rows), *_sums_apart(world), *_left_over(world), *_approvals_apart(world)]


def _rows_apart(world: World, rows: Rows) -> Iterator[str]:
    live = world.history.live()
    for key in live.keys() - rows.keys():
        yield f"{_name(key)} is not in the mirror"
    for key, row in rows.items():
        if key not in live and not row.gone_at:
            yield f"{_name(key)} is not at the service and not marked as gone"
        elif key in live and row.gone_at:
            yield f"{_name(key)} is live at the service and marked as gone"
        elif key in live and (wrong := differing(live[key].versions[-1][1], facts_held(row))):
            yield f"{_name(key)}: {', '.join(wrong)}"
        elif key in live and isinstance(row, Invoice) and (row.detail_due or not row.detailed_at):
            yield f"{_name(key)} waits for its details"


def _sums_apart(world: World) -> Iterator[str]:
    """The stand-in's own sums against the mirror's, by no mapping at all."""
    ours: dict[tuple[str, str], list[int]] = {}
    for row in Invoice.objects.filter(source=world.source_id, gone_at=None).exclude(gross=None).exclude(currency=""):
        sums = ours.setdefault((row.kind, row.currency), [0, 0])
        sums[0] += 1
        sums[1] += row.gross
    theirs = {key: sums for key, sums in world.hands.stand_in.totals().items() if sums["count"]}
    for key in ours.keys() | theirs.keys():
        count, gross = ours.get(key, [0, 0])
        told = theirs.get(key, {"count": Decimal(), "gross": Decimal()})
        if (count, gross) != (int(told["count"]), Money.parse(told["gross"], key[1]).minor):
            yield f"{key[0]} {key[1]}: {count} rows of {gross}, the service has {told['count']} of {told['gross']}"


def _left_over(world: World) -> Iterator[str]:
    for row in Quarantined.objects.waiting().filter(source=world.source_id):
        yield f"{row.stream} {row.external_id} is still set aside: {row.reason}"
    for intent in Intent.objects.filter(source=world.source_id, state__in=UNSETTLED):
        yield f"intent {intent.pk} ({intent.kind}) is still {intent.state}: {intent.error}"


def _approvals_apart(world: World) -> Iterator[str]:
    """Approvals follow the services, unless somebody at the desk decided after them."""
    lacking = Invoice.objects.filter(source=world.source_id, gone_at=None, approval=None).count()
    if lacking:
        yield f"{lacking} invoices lack an approval"
    for approval in Approval.objects.filter(invoice__source=world.source_id, invoice__gone_at=None).select_related(
        "invoice"
    ):
        word = approval.invoice.service_decision
        last = Decision.objects.filter(approval=approval).select_related("intent").order_by("-id").first()
        if word and approval.state != word and not _explained(last, word):
            yield f"approval of {approval.invoice.external_id} is {approval.state}, the service says {word}"


def _explained(last: Decision | None, word: str) -> bool:
    """Whether the last decision was taken at the desk, or the desk reopened by itself what had changed."""
    if last is None or last.origin in (Origin.SERVICE, Origin.IMPORTED):
        return False
    if last.origin == Origin.DESK and last.intent and last.intent.kind != "comment":
        return last.intent.state != IntentState.DONE
    return True


def _name(key: Key) -> str:
    return f"{'customer' if key[0] == CUSTOMERS else key[0].removesuffix('s')} {key[1]}"
