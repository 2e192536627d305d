"""Four processes, two hundred invoices, each tries them all: each invoice is decided on once, and told once."""

import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management import call_command

from arapp.approvals.models import Approval, Decision
from arapp.approvals.refusals import AlreadyDecided, Refusal
from arapp.outbox.models import Intent
from arapp.people.models import User
from arapp.sandbox.server import Served
from arapp.upstreams.pull import pull
from tests.conftest import make_user
from tests.proofs.cases import Outcome
from tests.proofs.children import Children
from tests.proofs.places import ADD, Place

PROCESSES, INVOICES = 4, 200
TOGETHER = 5
"""After so many invoices they wait for each other, so that none runs away from the others."""


def case(seed: int, children: Children) -> Outcome:
    call_command("flush", verbosity=0, interactive=False)
    place = Place("billover", seed, 1)
    for _number in range(INVOICES):
        ADD["billover"](place.stand_in)
    with closing(Served(place.stand_in, 0)) as served:
        source = place.connect(served.base_url)
        pull(source)
        ours = list(Approval.objects.filter(state="waiting").order_by("-pk").values_list("pk", flat=True)[:INVOICES])
        people = [make_user(f"person{number}") for number in range(PROCESSES)]
        with tempfile.TemporaryDirectory() as gate:
            racing = [children.call("tests.proofs.races:approve_all", one.pk, ours, gate) for one in people]
            told = [child.wait() for child in racing]
        outcome = _judged([one.get("result") or {"broke": one["out"]} for one in told], ours)
        outcome.troubles += _pushed(place, children, outcome)
    return outcome


def approve_all(person_id: int, ours: list[int], gate: str) -> dict[str, Any]:
    """In a process of its own: try every invoice as all have seen it; how often it worked, and what the rest said."""
    person = User.objects.get(pk=person_id)
    found = Approval.objects.filter(pk__in=ours).select_related("invoice__source", "invoice__owner")
    seen = list(found.order_by("pk"))
    counts: Counter[str] = Counter()
    unclear = []
    for place, approval in enumerate(seen):
        if place % TOGETHER == 0:
            _wait_for_all(Path(gate) / str(place), person_id)
        try:
            approval.approve(person, approval.invoice.digest)
            counts["approved"] += 1
        except AlreadyDecided as refusal:
            counts["refused"] += 1
            if " was first: approved on " not in str(refusal):
                unclear.append(str(refusal))
        except Refusal as refusal:
            unclear.append(str(refusal))
    return {**counts, "unclear": unclear}


def _wait_for_all(gate: Path, person_id: int) -> None:
    """Everybody begins at the same invoice in the same moment."""
    gate.mkdir(exist_ok=True)
    (gate / str(person_id)).touch()
    until = time.monotonic() + 60
    while len(list(gate.iterdir())) < PROCESSES and time.monotonic() < until:
        time.sleep(0.001)


def _judged(told: list[dict[str, Any]], ours: list[int]) -> Outcome:
    approved, refused = (sum(one.get(word, 0) for one in told) for word in ("approved", "refused"))
    outcome = Outcome(counts=Counter({"approvals": approved, "clear refusals": refused}))
    outcome.troubles += [f"a process broke off: {one['broke']}" for one in told if "broke" in one]
    outcome.troubles += [f"unclear: {words}" for one in told for words in one.get("unclear", [])]
    if (approved, refused) != (INVOICES, INVOICES * (PROCESSES - 1)):
        outcome.troubles.append(f"{approved} approvals and {refused} clear refusals")
    decisions, intents = Decision.objects.filter(approval__in=ours), Intent.objects.all()
    if (rows := (decisions.count(), intents.count())) != (INVOICES, INVOICES):
        outcome.troubles.append(f"{rows[0]} decisions and {rows[1]} intents")
    outcome.counts["winners"] = sum(bool(one.get("approved")) for one in told)
    return outcome


def _pushed(place: Place, children: Children, outcome: Outcome) -> list[str]:
    """The same processes tell the service, all at once."""
    for child in [children.manage("push") for _number in range(PROCESSES)]:
        child.wait()
    effects, done = sum(place.effects.values()), Intent.objects.filter(state="done").count()
    outcome.counts["effects"] += effects
    twice = [f"{key} had {count} effects" for key, count in place.effects.items() if count > 1]
    return twice if effects == done == INVOICES else [*twice, f"{effects} effects and {done} done"]
