"""People at the desk: they decide on what they see, and see to what could not be told."""

from typing import TYPE_CHECKING

from arapp.approvals import settling
from arapp.approvals.models import Approval
from arapp.approvals.refusals import Refusal, Stale
from arapp.outbox.models import Intent
from arapp.people.models import Role, User

if TYPE_CHECKING:
    from tests.storm.world import World


class People:
    def __init__(self, world: "World") -> None:
        self.world = world
        self.opened: dict[int, str] = {}
        """By approval: the digest on a page that somebody has had open since."""
        self.known = [_person("storm-anna", Role.APPROVER), _person("storm-bo", Role.CONTROLLER)]

    def decide(self) -> None:
        """Somebody at the desk decides on what they see; what cannot be decided makes them look at another."""
        for _look in range(6):
            if self._decide():
                return

    def _decide(self) -> bool:
        """Now and then on a page that was opened some time ago."""
        world = self.world
        found = Approval.objects.order_by("pk").values_list("pk", flat=True)
        if not found:
            return True
        waiting = found.filter(state="waiting", invoice__gone_at=None)
        pk = world.chance.choice(list(waiting) if world.chance.random() < 0.75 and waiting else list(found))
        approval = Approval.objects.select_related("invoice__source", "invoice__owner").get(pk=pk)
        actions = ("approve", "reject") if approval.state == "waiting" else ("reopen", "reopen", "reject")
        person, action = world.chance.choice(self.known), world.chance.choice(actions)
        opened = self.opened.setdefault(pk, approval.invoice.digest)
        digest = opened if world.chance.random() < 0.2 else approval.invoice.digest
        try:
            getattr(approval, action)(person, digest, "because of the storm")
        except Refusal as refusal:
            world.counts["stale pages" if isinstance(refusal, Stale) else "refusals"] += 1
            return False
        world.counts["decisions"] += 1
        world.tell(f"{person} {action} {approval.invoice.external_id}")
        return True

    def settle(self) -> None:
        """Somebody sees to what could not be told."""
        world = self.world
        stuck = Intent.objects.filter(source=world.source_id, state__in=("needs_person", "refused")).order_by("pk")
        intent = world.chance.choice(list(stuck) or [None])
        if intent is None:
            return
        deed = world.chance.choice((settling.tell_again, settling.tell_again, settling.drop, settling.mark_done))
        person = world.chance.choice(self.known)
        if not deed(intent, person):
            world.allowed[intent.pk] += deed is settling.tell_again
            world.counts["settled by people"] += 1
            world.tell(f"{person} {deed.__name__} {intent.pk}")


def _person(name: str, role: str) -> User:
    known = User.objects.filter(username=name).first()
    if known:
        return known
    user = User(username=name, email=f"{name}@example.org")
    user.set_unusable_password()
    user.take_role(role)
    return user
