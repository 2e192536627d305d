"""The files that the desk keeps and the documents among them, to be looked at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from arapp.documents.models import InvoiceDocument, StoredFile
from arapp.receivables.admin import ReadOnly, link_to


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnly):
    list_display = ["__str__", "content_type", "size", "person_link", "created_at"]
    list_filter = ["content_type"]
    list_select_related = ["person"]
    search_fields = ["filename", "=name", "=sha256", "person__username"]
    date_hierarchy = "created_at"
    ordering = ["-id"]
    person_link = link_to("person", _("person"))


@admin.register(InvoiceDocument)
class InvoiceDocumentAdmin(ReadOnly):
    list_display = ["__str__", "invoice_link", "variant", "file_link", "fetched_at"]
    list_filter = ["invoice__source"]
    list_select_related = ["invoice", "file"]
    search_fields = ["variant", "invoice__number", "file__filename"]
    date_hierarchy = "fetched_at"
    ordering = ["-id"]
    invoice_link = link_to("invoice", _("invoice"))
    file_link = link_to("file", _("file"))
