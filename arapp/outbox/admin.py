"""What is on its way to the services; its state moves by the push alone."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from arapp.outbox.models import Intent
from arapp.receivables.admin import ReadOnly, link_to


@admin.register(Intent)
class IntentAdmin(ReadOnly):
    list_display = [
        *["__str__", "source_link", "invoice_link", "kind", "state", "person_link"],
        *["tries", "created_at", "due_at", "settled_at", "error"],
    ]
    list_filter = ["state", "kind", "source"]
    list_select_related = ["source", "invoice", "customer", "person"]
    search_fields = ["invoice__number", "invoice__external_id", "error", "person__username"]
    date_hierarchy = "created_at"
    ordering = ["-id"]
    source_link = link_to("source", _("source"))
    invoice_link = link_to("invoice", _("invoice"))
    person_link = link_to("person", _("person"))
