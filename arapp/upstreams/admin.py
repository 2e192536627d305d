"""How sources are reached and what their runs found. No secret is ever shown."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from arapp.receivables.admin import ReadOnly, Unhurried, link_to
from arapp.upstreams.models import Connection, Hook, HookCall, PullRun, Quarantined, Verification, Worker


@admin.register(Connection)
class ConnectionAdmin(Unhurried):
    list_display = ["__str__", "source_link", "user", "secret_tail", "calls_per_second", "read_at", "postponed_until"]
    list_filter = ["source__service"]
    list_select_related = ["source"]
    search_fields = ["source__name", "base_url", "user"]
    fields = [
        *["source_link", "base_url", "user", "secret_tail", "calls_per_second", "read_at", "walked_at"],
        *["postponed_until", "wanted_at", "calls_left", "calls_reset_at"],
    ]
    readonly_fields = [name for name in fields if name != "calls_per_second"]
    source_link = link_to("source", _("source"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A connection comes from ``manage.py connect``, which proves the credentials."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Connection | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Connection, form: object, change: bool) -> None:
        """Only the pace, so that a run that is under way keeps what it has written meanwhile."""
        obj.save(update_fields=["calls_per_second"])


@admin.register(PullRun)
class PullRunAdmin(ReadOnly):
    list_display = [
        *["__str__", "source_link", "status", "full", "fetched", "created", "changed", "unchanged"],
        *["gone", "quarantined", "requests", "seconds", "error"],
    ]
    list_filter = ["status", "source", "full"]
    list_select_related = ["source"]
    search_fields = ["error", "source__name"]
    date_hierarchy = "started_at"
    source_link = link_to("source", _("source"))


@admin.register(Quarantined)
class QuarantinedAdmin(ReadOnly):
    list_display = ["__str__", "source_link", "stream", "external_id", "reason", "found_at", "seen_at", "cleared_at"]
    list_filter = ["source", "stream", ("cleared_at", admin.EmptyFieldListFilter)]
    list_select_related = ["source"]
    search_fields = ["external_id", "reason"]
    date_hierarchy = "found_at"
    source_link = link_to("source", _("source"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Quarantined]:
        """Without the payloads, which the list does not show and which are large."""
        return super().get_queryset(request).defer("payload")


@admin.register(Worker)
class WorkerAdmin(ReadOnly):
    list_display = ["name", "started_at", "seen_at"]
    search_fields = ["name"]
    list_filter = ["seen_at"]


@admin.register(Hook)
class HookAdmin(ReadOnly):
    list_display = ["__str__", "source_link", "created_at", "old_until"]
    list_filter = ["source__service"]
    list_select_related = ["source"]
    search_fields = ["source__name"]
    fields = ["source_link", "created_at", "old_until"]
    source_link = link_to("source", _("source"))


@admin.register(HookCall)
class HookCallAdmin(ReadOnly):
    list_display = ["__str__", "source_link", "event", "kind", "external_id", "state", "times", "received_at"]
    list_filter = ["state", "source", "kind"]
    list_select_related = ["source"]
    search_fields = ["external_id", "event", "note"]
    date_hierarchy = "received_at"
    source_link = link_to("source", _("source"))


@admin.register(Verification)
class VerificationAdmin(ReadOnly):
    list_display = ["__str__", "source_link", "status", "started_at", "ended_at", "requests", "error"]
    list_filter = ["status", "source"]
    list_select_related = ["source"]
    search_fields = ["source__name", "error"]
    date_hierarchy = "started_at"
    source_link = link_to("source", _("source"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Verification]:
        """Without the differences, which the list does not show and which may be many."""
        return super().get_queryset(request).defer("figures", "differences")
