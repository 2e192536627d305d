"""Debtors in the admin site, to be looked at; customers are joined and split at the desk."""

from django.contrib import admin

from arapp.debtors.models import Apart, Debtor, Member, Step
from arapp.receivables.admin import ReadOnly


class MemberPart(admin.TabularInline):
    model = Member
    extra = 0
    can_delete = False
    fields = readonly_fields = ["customer", "person", "at"]

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Debtor)
class DebtorAdmin(ReadOnly):
    list_display = ["pk", "created_at"]
    inlines = [MemberPart]


@admin.register(Member)
class MemberAdmin(ReadOnly):
    list_display = ["customer", "debtor", "person", "at"]
    list_select_related = ["customer", "debtor", "person"]
    search_fields = ["customer__name"]


@admin.register(Apart)
class ApartAdmin(ReadOnly):
    list_display = ["one", "other", "person", "at"]
    list_select_related = ["one", "other", "person"]


@admin.register(Step)
class StepAdmin(ReadOnly):
    list_display = ["customer", "kind", "debtor", "person", "at"]
    list_filter = ["kind"]
    list_select_related = ["customer", "person"]
