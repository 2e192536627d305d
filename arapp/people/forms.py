"""Forms about people, for the desk and the admin site."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from arapp.people.models import LastAdministrator, User


class PlaceForm(forms.ModelForm):
    """Role and activity are given through ``take_place``, which never leaves the desk without an administrator."""

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "role" in data:
            try:
                self.instance.check_place(data["role"], data.get("is_active", True))
            except LastAdministrator as refusal:
                self.add_error(None, str(refusal))
        return data

    def changed_fields(self) -> list[str]:
        """The fields of the person that this form changes."""
        return [name for name in self.changed_data if name in self._meta.fields]


class AddPersonForm(UserCreationForm):
    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "role")
        labels = {"username": _("Name to sign in with"), "email": _("E-mail")}
        help_texts = {"username": _("Letters, digits and @ . + - _ only.")}

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        if commit:
            user.take_role(user.role)
        return user


class ChangePersonForm(PlaceForm):
    new_password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "email", "role", "is_active")
        labels = {"is_active": _("May sign in"), "email": _("E-mail")}
        help_texts = {"is_active": _("Without the tick the person is signed out at once; what they did stays.")}

    def clean_new_password(self) -> str:
        password = self.cleaned_data["new_password"]
        if password:
            validate_password(password, self.instance)
        return password

    def save(self, commit: bool = True) -> User:
        """Store the person. LastAdministrator when the other administrator left a moment ago."""
        user, changed = self.instance, self.changed_fields()
        if self.cleaned_data["new_password"]:
            user.set_password(self.cleaned_data["new_password"])
            changed.append("password")
        user.take_place(self.cleaned_data["role"], self.cleaned_data["is_active"], *changed)
        return user


def _own_name(language: tuple[str, Any]) -> tuple[str, str]:
    """A language as those who speak it call it."""
    code = language[0]
    return code, get_language_info(code)["name_local"].capitalize()


class PreferencesForm(forms.ModelForm):
    """What a person prefers. The fields are radio buttons: each choice says or shows what it does."""

    language = forms.ChoiceField(label=_("Language"), required=False, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ("language", "theme", "density", "csv_form")
        labels = {"theme": _("Colours"), "density": _("Rows"), "csv_form": _("CSV files")}
        widgets = dict.fromkeys(("theme", "density", "csv_form"), forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("As the browser asks")), *map(_own_name, settings.LANGUAGES)]

    def save(self, commit: bool = True) -> User:
        """Only what the form has is written: what somebody else changes of the person meanwhile stays."""
        self.instance.save(update_fields=self._meta.fields)
        return self.instance
