"""The mirror in the admin site, read-only; of a source only what is ours can be changed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from arapp.receivables import mirror
from arapp.receivables.models import (
    Card,
    Choice,
    Contact,
    Customer,
    Event,
    Invoice,
    Item,
    Line,
    Movement,
    Owner,
    Paper,
    SearchText,
    Service,
    Snapshot,
    Source,
    Tag,
    VatRate,
)
from arapp.receivables.personal import masked
from arapp.receivables.words import DELIVERY_METHODS

LONGEST = 40
"""Characters of a name in a column; the whole of it shows on hover."""


class Unhurried(admin.ModelAdmin):
    """Usable with very many rows: no count of the whole table, no menu that lists all rows of another."""

    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 50

    @property
    def raw_id_fields(self) -> list[str]:
        return [field.name for field in self.model._meta.fields if isinstance(field, models.ForeignKey)]


class ReadOnly(Unhurried):
    """Rows that people look at here and nobody changes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def link_to(field: str, title: Any) -> Callable[[Any, Any], SafeString | str]:
    """A column that links to the related object's own page."""

    @admin.display(description=title, ordering=field)
    def column(self: admin.ModelAdmin, row: Any) -> SafeString | str:
        related = getattr(row, field)
        if related is None:
            return self.get_empty_value_display()
        name = f"admin:{related._meta.app_label}_{related._meta.model_name}_change"
        text = str(related)
        short = Truncator(text).chars(LONGEST)
        return format_html('<a href="{}" title="{}">{}</a>', reverse(name, args=[related.pk]), text, short)

    return column


def rows_of(model: type[models.Model], by: str, title: Any) -> Callable[[Any, Any], SafeString]:
    """A column that links to the rows of another model that belong to this one."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"

    @admin.display(description=title)
    def column(self: admin.ModelAdmin, row: Any) -> SafeString:
        return format_html('<a href="{}?{}={}">{}</a>', reverse(name), by, row.pk, title)

    return column


def amount_of(field: str, title: Any) -> Callable[[Any, Invoice], str]:
    """A column with an amount and its currency."""

    @admin.display(description=title, ordering=field)
    def column(self: admin.ModelAdmin, invoice: Invoice) -> str:
        money = invoice.money(field)
        return self.get_empty_value_display() if money is None else str(money)

    return column


class SourceForm(forms.ModelForm):
    delivery_method = forms.ChoiceField(
        label=_("delivery method"), required=False, choices=[(word, word) for word in DELIVERY_METHODS]
    )


@admin.register(Source)
class SourceAdmin(Unhurried):
    form = SourceForm
    list_display = ["name", "service", "account_name", "counts_as", "terms_days", "stand_in", "invoices", "customers"]
    list_filter = ["service", "counts_as", "stand_in"]
    search_fields = ["name", "account", "account_name"]
    fields = [
        *["name", "service", "account", "account_name", "stand_in", "created_at", "read_whole_at"],
        *["counts_as", "terms_days", "delivery_method", "invoices", "customers"],
    ]
    invoices = rows_of(Invoice, "source__id__exact", _("invoices"))
    customers = rows_of(Customer, "source__id__exact", _("customers"))

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> list[str]:
        ours = ["counts_as", "terms_days"]
        if obj is not None and obj.service == Service.BILLOGRAM:
            ours.append("delivery_method")
        return [field for field in self.fields if field not in ours]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A source comes from ``manage.py connect``, which proves the credentials."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Source, form: forms.ModelForm, change: bool) -> None:
        obj.save(update_fields=form.changed_data)
        if "terms_days" in form.changed_data:
            mirror.apply_terms(obj)


@admin.register(Owner, Contact, Card, Tag)
class NamedAdmin(ReadOnly):
    list_display = ["__str__", "source_link", "email", "external_id"]
    list_filter = ["source"]
    list_select_related = ["source"]
    search_fields = ["name", "email", "external_id"]
    source_link = link_to("source", _("source"))


@admin.register(Item)
class ItemAdmin(NamedAdmin):
    list_display = ["__str__", "number", "source_link", "external_id"]
    search_fields = ["name", "number", "external_id"]


@admin.register(Choice)
class ChoiceAdmin(NamedAdmin):
    list_display = ["__str__", "kind", "source_link", "of", "external_id"]
    list_filter = ["kind", "source"]
    search_fields = ["name", "of", "external_id"]


@admin.register(Customer)
class CustomerAdmin(ReadOnly):
    list_display = ["__str__", "number", "source_link", "email", "masked_org_no", "country", "gone_at", "invoices"]
    list_filter = ["source", "archived", "brief", ("gone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["source"]
    search_fields = ["name", "number", "email", "org_no", "vat_no", "external_id"]
    ordering = ["-id"]
    readonly_fields = ["invoices", "snapshots"]
    source_link = link_to("source", _("source"))
    invoices = rows_of(Invoice, "customer__id__exact", _("invoices"))
    snapshots = rows_of(Snapshot, "customer__id__exact", _("snapshots"))

    @admin.display(description=_("organisation or tax number"), ordering="org_no")
    def masked_org_no(self, row: Customer) -> str:
        return masked(row.org_no, row.kind)


class Part(admin.TabularInline):
    """Rows that belong to one invoice; there are few."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LinePart(Part):
    model = Line
    fields = ["position", "title", "quantity", "unit", "unit_price", "vat_rate", "net"]


class MovementPart(Part):
    model = Movement
    fields = ["date", "kind", "amount", "currency", "method", "text"]


@admin.register(Invoice)
class InvoiceAdmin(ReadOnly):
    list_display = [
        *["__str__", "customer_link", "source_link", "kind", "issue_date", "due_date"],
        *["gross_money", "open_money", "state", "service_state"],
    ]
    list_filter = ["source", "state", "kind", "currency", ("gone_at", admin.EmptyFieldListFilter)]
    list_select_related = ["source", "customer"]
    search_fields = ["number", "short_id", "external_id", "customer__name", "payment_reference"]
    date_hierarchy = "issue_date"
    ordering = ["-id"]
    inlines = [LinePart, MovementPart]
    readonly_fields = ["gross_money", "open_money", "events", "vat_rates", "snapshots"]
    source_link = link_to("source", _("source"))
    customer_link = link_to("customer", _("customer"))
    gross_money = amount_of("gross", _("gross"))
    open_money = amount_of("open", _("open"))
    events = rows_of(Event, "invoice__id__exact", _("events"))
    vat_rates = rows_of(VatRate, "invoice__id__exact", _("VAT rates"))
    snapshots = rows_of(Snapshot, "invoice__id__exact", _("snapshots"))


class OfInvoice(ReadOnly):
    """Rows of an invoice: a link to it, and its number to search by."""

    list_select_related = ["invoice__source"]
    list_filter = ["invoice__source"]
    ordering = ["-id"]
    invoice_link = link_to("invoice", _("invoice"))


@admin.register(Line)
class LineAdmin(OfInvoice):
    list_display = ["title", "invoice_link", "position", "quantity", "unit", "unit_price", "vat_rate", "net"]
    search_fields = ["title", "invoice__number"]


@admin.register(VatRate)
class VatRateAdmin(OfInvoice):
    list_display = ["__str__", "invoice_link", "rate", "net", "vat"]
    search_fields = ["name", "rate", "invoice__number"]


@admin.register(Movement)
class MovementAdmin(OfInvoice):
    list_display = ["__str__", "invoice_link", "kind", "date", "method"]
    list_filter = ["kind", "currency", "invoice__source"]
    search_fields = ["text", "invoice__number"]
    date_hierarchy = "date"


@admin.register(Paper)
class PaperAdmin(OfInvoice):
    list_display = ["__str__", "invoice_link", "kind", "date", "delivery", "service_state"]
    list_filter = ["kind", "invoice__source"]
    search_fields = ["number", "external_id", "invoice__number"]


@admin.register(Event)
class EventAdmin(OfInvoice):
    list_display = ["kind", "invoice_link", "at", "person", "text"]
    search_fields = ["kind", "text", "person", "invoice__number"]
    date_hierarchy = "at"


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnly):
    list_display = ["__str__", "invoice_link", "customer_link", "first_seen_at", "taken_at", "digest"]
    list_select_related = ["invoice", "customer"]
    list_filter = ["invoice__source"]
    search_fields = ["=digest", "invoice__number", "customer__name"]
    date_hierarchy = "taken_at"
    invoice_link = link_to("invoice", _("invoice"))
    customer_link = link_to("customer", _("customer"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Snapshot]:
        """Without the payloads, which the list does not show and which are large."""
        return super().get_queryset(request).defer("payload", "detail", "fields")


@admin.register(SearchText)
class SearchTextAdmin(ReadOnly):
    list_display = ["__str__", "invoice_link"]
    list_select_related = ["invoice"]
    list_filter = ["invoice__source"]
    search_fields = ["text", "invoice__number"]
    ordering = ["-pk"]
    invoice_link = link_to("invoice", _("invoice"))
