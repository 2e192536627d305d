"""Approvals in the admin site: read-only rows, decided on through the same methods as everywhere else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from arapp.approvals.batches import Batch, BatchRow
from arapp.approvals.effects import APPROVE, REJECT, REOPEN
from arapp.approvals.models import NOTE_LIMIT, Approval, Decision
from arapp.approvals.refusals import Refusal
from arapp.receivables.admin import InvoiceAdmin, ReadOnly, amount_of, link_to
from arapp.receivables.duplicates import Double, possible_duplicates
from arapp.receivables.models import Invoice
from arapp.receivables.money import Money

AT_ONCE = 500
TITLES = {APPROVE: _("Approve"), REJECT: _("Reject"), REOPEN: _("Reopen")}


@dataclass(frozen=True)
class Row:
    """One approval on the page that asks: what would happen, or why it cannot."""

    approval: Approval
    effect: str
    problem: str
    warning: str = ""
    """That it may be a duplicate."""

    @property
    def gross(self) -> Money | None:
        return self.approval.invoice.money("gross")


def chosen_approvals(queryset: QuerySet[Any]) -> QuerySet[Approval]:
    """The approvals behind chosen approvals or invoices."""
    chosen = queryset.order_by().values("pk")
    related = Approval.objects.select_related("invoice__source", "invoice__customer", "invoice__owner")
    return related.prefetch_related("invoice__intents", "invoice__lines").filter(pk__in=chosen).order_by("pk")


def ask(site: admin.ModelAdmin, request: HttpRequest, approvals: list[Approval], action: str) -> HttpResponse:
    """The page between choosing and deciding; it carries what each invoice was when it was seen."""
    doubles = possible_duplicates([a.pk for a in approvals]) if action == APPROVE else {}
    rows = [
        Row(a, a.effect(action).sentence, a.why_not(action, request.user), _warning(doubles.get(a.pk, ())))
        for a in approvals
    ]
    context = site.admin_site.each_context(request) | {
        "title": TITLES[action],
        "opts": site.model._meta,
        "rows": rows,
        "allowed": sum(not row.problem for row in rows),
        "action": f"{action}_chosen",
        "note_required": action == REJECT,
        "note_limit": NOTE_LIMIT,
    }
    return TemplateResponse(request, "admin/approvals/decide.html", context)


def _warning(doubles: Sequence[Double]) -> str:
    return " ".join(double.sentence for double in doubles)


def decide(request: HttpRequest, approvals: Iterable[Approval], action: str) -> None:
    """Decide on each posted ``ID:DIGEST`` by itself and say of each refused one why."""
    seen = dict(_clean(row).partition(":")[::2] for row in request.POST.getlist("rows"))
    note, done = _clean(request.POST.get("note", "")), 0
    warned = set(request.POST.getlist("doubles"))
    for approval in approvals:
        told = {"double_seen": str(approval.pk) in warned} if action == APPROVE else {}
        try:
            getattr(approval, action)(request.user, seen.get(str(approval.pk), ""), note, **told)
            done += 1
        except Refusal as refusal:
            names = {"invoice": approval.invoice, "problem": refusal}
            messages.warning(request, _now_("%(invoice)s: %(problem)s") % names)
    if done:
        text = ngettext("%(count)d decided.", "%(count)d decided.", done) % {"count": done}
        messages.success(request, text)


def _clean(text: str) -> str:
    """Without NUL, for which PostgreSQL has no place."""
    return text.replace("\x00", "")


def _chosen(action: str, title: Any) -> Callable[..., HttpResponse | None]:
    @admin.action(description=title)
    def run(self: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        approvals = list(chosen_approvals(queryset)[: AT_ONCE + 1])
        if len(approvals) > AT_ONCE:
            messages.error(request, _now_("Choose at most %(count)d at once.") % {"count": AT_ONCE})
            return None
        if "rows" not in request.POST:
            return ask(self, request, approvals, action)
        decide(request, approvals, action)
        return None

    run.__name__ = f"{action}_chosen"
    return run


approve_chosen = _chosen(APPROVE, _("Approve chosen"))
reject_chosen = _chosen(REJECT, _("Reject chosen"))
reopen_chosen = _chosen(REOPEN, _("Reopen chosen"))
ACTIONS = [approve_chosen, reject_chosen, reopen_chosen]


class DecisionPart(admin.TabularInline):
    model = Decision
    extra = 0
    can_delete = False
    show_change_link = True
    fields = ["action", "person", "at", "note", "origin", "digest"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Approval)
class ApprovalAdmin(ReadOnly):
    list_display = [
        *["invoice_number", "invoice_link", "customer", "gross", "state"],
        *["decided_by_link", "decided_at", "origin"],
    ]
    list_filter = ["state", "origin", "invoice__source"]
    list_select_related = ["invoice__source", "invoice__customer", "decided_by"]
    search_fields = ["invoice__number", "invoice__external_id", "invoice__customer__name", "decided_by__username"]
    date_hierarchy = "decided_at"
    ordering = ["-pk"]
    inlines = [DecisionPart]
    actions = ACTIONS
    invoice_link = link_to("invoice", _("invoice"))
    decided_by_link = link_to("decided_by", _("decided by"))

    @admin.display(description=_("approval"))
    def invoice_number(self, approval: Approval) -> str:
        return str(approval.invoice)

    @admin.display(description=_("customer"))
    def customer(self, approval: Approval) -> str:
        return str(approval.invoice.customer or self.get_empty_value_display())

    @admin.display(description=_("gross"))
    def gross(self, approval: Approval) -> str:
        return amount_of("gross", "")(self, approval.invoice)


@admin.register(Decision)
class DecisionAdmin(ReadOnly):
    list_display = ["__str__", "approval_link", "action", "person_link", "at", "origin", "note", "intent_link"]
    list_filter = ["action", "origin", "approval__invoice__source"]
    list_select_related = ["approval__invoice", "person", "intent__invoice", "intent__source"]
    search_fields = ["approval__invoice__number", "note", "person__username"]
    date_hierarchy = "recorded_at"
    approval_link = link_to("approval", _("approval"))
    person_link = link_to("person", _("person"))
    intent_link = link_to("intent", _("intent"))


class DecidableInvoiceAdmin(InvoiceAdmin):
    """The mirror knows nothing of approvals, so the actions are added from here."""

    actions = ACTIONS
    list_display = [*InvoiceAdmin.list_display, "approval_link"]
    list_select_related = [*InvoiceAdmin.list_select_related, "approval"]

    @admin.display(description=_("approval"))
    def approval_link(self, invoice: Invoice) -> str:
        approval = getattr(invoice, "approval", None)
        return approval.get_state_display() if approval else self.get_empty_value_display()


admin.site.unregister(Invoice)
admin.site.register(Invoice, DecidableInvoiceAdmin)


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    list_display = ["__str__", "action", "person_link", "phase", "total", "created_at", "ended_at"]
    list_select_related = ["person"]
    list_filter = ["phase", "action"]
    search_fields = ["note", "person__username"]
    ordering = ["-id"]
    person_link = link_to("person", _("person"))


@admin.register(BatchRow)
class BatchRowAdmin(ReadOnly):
    list_display = ["__str__", "batch_link", "invoice_link", "result", "sentence"]
    list_select_related = ["batch", "invoice"]
    list_filter = ["result"]
    search_fields = ["invoice__number"]
    ordering = ["-id"]
    batch_link = link_to("batch", _("decision on many"))
    invoice_link = link_to("invoice", _("invoice"))
