"""What the frame of every page needs; asked of the database only when a page shows it."""

from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from arapp.actions.table import ACTIONS, Action
from arapp.approvals.batches import Batch, Phase
from arapp.approvals.models import Approval, ApprovalState
from arapp.lists.views import folded_views
from arapp.people.models import DECIDE, MANAGE, PREPARE, SYNC
from arapp.receivables.models import Invoice, Source
from arapp.web.freshness import Freshness, freshness, with_last_run
from arapp.web.makers import PAGES
from arapp.web.saved import ViewsHere, views_here


def _count(approvals: QuerySet[Approval]) -> Coalesce:
    """How many; all that wait less the few that cannot be decided is quicker than all that can."""
    counted = approvals.order_by().values("state").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0))


class Desk:
    """Lazy facts for ``base.html``: one query, and none for a part."""

    def __init__(self, request: HttpRequest) -> None:
        self.user = getattr(request, "user", None)
        self.path = request.path
        self.request = request

    @cached_property
    def signed_in(self) -> bool:
        return bool(self.user and self.user.is_authenticated)

    @cached_property
    def sources(self) -> list[Source]:
        if not self.signed_in:
            return []
        waiting = Approval.objects.filter(state=ApprovalState.WAITING)
        others = waiting.filter(invoice__in=Invoice.objects.undecidable().values("pk"))
        views = folded_views(self.user, views_here(self.request).listed)
        counted = Source.objects.annotate(waiting=_count(waiting) - _count(others), views=views)
        return list(with_last_run(counted))

    @property
    def waiting(self) -> int:
        """How many invoices wait for a decision."""
        return self.sources[0].waiting if self.sources else 0

    @property
    def demo(self) -> bool:
        return any(source.stand_in for source in self.sources)

    @cached_property
    def freshness(self) -> Freshness | None:
        return freshness(self.sources, timezone.now())

    @property
    def decides(self) -> bool:
        return self.signed_in and self.user.can(DECIDE)

    @cached_property
    def unfinished(self) -> Batch | None:
        """The person's newest decision on many invoices that was left in the middle."""
        begun = Batch.objects.filter(person=self.user, phase=Phase.DECIDING) if self.decides else Batch.objects.none()
        return begun.first()

    @property
    def prepares(self) -> bool:
        return self.signed_in and self.user.can(PREPARE)

    @property
    def bulk_actions(self) -> list[Action]:
        """What the person may do with many invoices at once, beside deciding."""
        return [each for each in ACTIONS.values() if each.bulk and each.services and self.user.can(each.ability)]

    @cached_property
    def makes(self) -> dict[str, bool]:
        """What this person can make at some source: ``invoice_create`` and its kin."""
        services = {source.service for source in self.sources}
        possible = {name: bool(services & ACTIONS[name].services) for name in PAGES}
        return {name.replace(".", "_"): can and self.user.can(PREPARE) for name, can in possible.items()}

    @property
    def settles(self) -> bool:
        """Whether the person may tell a service again, or say that it is done."""
        return self.decides and self.sees_sources

    @property
    def sees_sources(self) -> bool:
        return self.signed_in and self.user.can(SYNC)

    @cached_property
    def views(self) -> ViewsHere | None:
        """The person's saved views; those of a page came with its sources."""
        if not self.signed_in:
            return None
        views = views_here(self.request)
        if self.__dict__.get("sources"):
            views.take(self.sources[0].views)
        return views

    @property
    def manages(self) -> bool:
        return self.signed_in and self.user.can(MANAGE)

    @property
    def room(self) -> str:
        """The first part of the path: which link of the rail is the current one."""
        return self.path.split("/")[1]


def desk(request: HttpRequest) -> dict[str, Any]:
    return {"desk": Desk(request)}
