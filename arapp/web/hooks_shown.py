"""What the page of a source shows of its hook: where it is, how it is proved, and what came in last."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from arapp.people.models import MANAGE, User
from arapp.receivables.models import Customer, Invoice, Source
from arapp.upstreams.base import CUSTOMER
from arapp.upstreams.hooks import SERVICES
from arapp.upstreams.models import Hook, HookCall, HookState
from arapp.web.said import said
from arapp.web.shown import exact_moment

LAST = 20
_CSS = {HookState.WAITING: "busy", HookState.READ: "good", HookState.IGNORED: "quiet", HookState.FAILED: "bad"}


@dataclass(frozen=True)
class HookShown:
    offered: bool
    """Whether the service has hooks at all."""
    made: bool = False
    path: str = ""
    """For administrators alone; empty for others."""
    has_key: bool = False
    old_until: str = ""
    """Until when the path before a rotation is accepted; empty when it is not."""
    old_key: bool = False
    """Whether a key before the rotation is, too."""


@dataclass(frozen=True)
class CallShown:
    call: HookCall
    css: str
    url: str
    """Of the invoice or customer, "" while the desk has none."""
    label: str
    note: str


def hooks_shown(source: Source, person: User) -> dict[str, object]:
    """``hook`` and ``hook_calls`` for ``sources/_hooks.html``, in four queries at most."""
    row = Hook.objects.filter(source=source).first()
    calls = list(HookCall.objects.filter(source=source).order_by("-received_at", "-id")[:LAST])
    return {"hook": _hook(source, row, person), "hook_calls": _calls(source, calls)}


def _hook(source: Source, row: Hook | None, person: User) -> HookShown:
    if row is None:
        return HookShown(source.service in SERVICES)
    turning = exact_moment(row.old_until) if row.old_until and row.old_until > timezone.now() else ""
    path = reverse("hook", args=[row.path]) if person.can(MANAGE) else ""
    return HookShown(source.service in SERVICES, True, path, bool(row.key), turning, bool(row.old_key))


def _calls(source: Source, calls: list[HookCall]) -> list[CallShown]:
    links = _links(source, calls)
    found = []
    for call in calls:
        url, label = links.get((call.kind, call.external_id), ("", call.external_id))
        found.append(CallShown(call, _CSS[call.state], url, label, said(call.note.partition("\n")[0])))
    return found


def _links(source: Source, calls: list[HookCall]) -> dict[tuple[str, str], tuple[str, str]]:
    """By kind and id: the page of what the desk has, and its name there."""
    customers = {call.external_id for call in calls if call.kind == CUSTOMER}
    named = Q()
    for call in calls:
        if call.external_id and call.kind != CUSTOMER:
            named |= Q(kind=call.kind, external_id=call.external_id)
    links = {}
    if named:
        for row in Invoice.objects.filter(named, source=source):
            links[row.kind, row.external_id] = (reverse("invoice", args=[row.pk]), str(row))
    if customers:
        for row in Customer.objects.filter(source=source, external_id__in=customers):
            links[CUSTOMER, row.external_id] = (reverse("customer", args=[row.pk]), str(row))
    return links
