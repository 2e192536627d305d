"""What stays at the desk, to be looked at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from arapp.kept.models import KeptComment, KeptPayment, KeptTag
from arapp.receivables.admin import ReadOnly, link_to


class Kept(ReadOnly):
    list_select_related = ["invoice", "person"]
    list_filter = ["invoice__source"]
    ordering = ["-id"]
    date_hierarchy = "at"
    invoice_link = link_to("invoice", _("invoice"))
    person_link = link_to("person", _("person"))


@admin.register(KeptComment)
class KeptCommentAdmin(Kept):
    list_display = ["__str__", "invoice_link", "customer_link", "person_link", "at"]
    list_select_related = ["invoice", "customer", "person"]
    list_filter = ["invoice__source", "customer__source"]
    search_fields = ["text", "invoice__number", "customer__name", "person__username"]
    customer_link = link_to("customer", _("customer"))


@admin.register(KeptTag)
class KeptTagAdmin(Kept):
    list_display = ["__str__", "invoice_link", "person_link", "at"]
    search_fields = ["name", "invoice__number", "person__username"]


@admin.register(KeptPayment)
class KeptPaymentAdmin(Kept):
    list_display = ["__str__", "invoice_link", "date", "method", "person_link", "at", "deleted_by_link", "deleted_at"]
    list_select_related = ["invoice", "person", "deleted_by"]
    list_filter = ["currency", "invoice__source", ("deleted_at", admin.EmptyFieldListFilter)]
    search_fields = ["note", "invoice__number", "person__username"]
    deleted_by_link = link_to("deleted_by", _("deleted by"))
