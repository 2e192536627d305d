"""People in the admin site. A role is given through ``take_place``; nobody is deleted, their decisions stay."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from arapp.people.forms import AddPersonForm, PlaceForm
from arapp.people.models import LastAdministrator, User


class PersonForm(PlaceForm, UserChangeForm):
    """Django's form with the password shown as a hash only, and our rule about the last administrator."""

    class Meta:
        model = User
        fields = ("username", "password", "first_name", "last_name", "email", "role", "is_active")


@admin.register(User)
class PersonAdmin(UserAdmin):
    form = PersonForm
    add_form = AddPersonForm
    list_display = ["username", "first_name", "last_name", "email", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "first_name", "last_name", "email"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = ()
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("What they may do"), {"fields": ["role", "is_active"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "email", "role", "password1", "password2"]}),
    ]

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.take_place(obj.role, obj.is_active, *(form.changed_fields() if change else ()))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Who became the last administrator between the form's look and now is told so; nothing is stored."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except LastAdministrator as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)


@admin.register(LogEntry)
class LogEntryAdmin(admin.ModelAdmin):
    """What was changed in the admin site, by whom."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag", "change_message"]
    list_filter = ["action_flag", "content_type"]
    list_select_related = ["user", "content_type"]
    search_fields = ["object_repr", "change_message", "user__username"]
    date_hierarchy = "action_time"
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False


admin.site.unregister(Group)
