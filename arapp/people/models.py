"""People at the desk. Each has one role; a role is a set of abilities."""

from typing import Any

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    CLERK = "clerk", _("Clerk")
    APPROVER = "approver", _("Approver")
    CONTROLLER = "controller", _("Controller")
    ADMINISTRATOR = "administrator", _("Administrator")


SEE, PREPARE, DECIDE, SYNC, MANAGE = "see", "prepare", "decide", "sync", "manage"
"""See and download; customers, drafts, payments, reminders and comments; approve, reject, reopen, credit and give up;
sync and see sources and quarantine; users and the admin site."""

ABILITIES: dict[str, frozenset[str]] = {
    Role.VIEWER: frozenset({SEE}),
    Role.CLERK: frozenset({SEE, PREPARE}),
    Role.APPROVER: frozenset({SEE, PREPARE, DECIDE}),
    Role.CONTROLLER: frozenset({SEE, PREPARE, DECIDE, SYNC}),
    Role.ADMINISTRATOR: frozenset({SEE, PREPARE, DECIDE, SYNC, MANAGE}),
}


def roles_that_can(ability: str) -> list[str]:
    """The names of the roles with an ability, for sentences such as "this needs an approver"."""
    return [Role(role).label for role, abilities in ABILITIES.items() if ability in abilities]


class Theme(models.TextChoices):
    SYSTEM = "", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    COMPACT = "compact", _("Compact")
    COMFORTABLE = "comfortable", _("Comfortable")


class CsvForm(models.TextChoices):
    """How a person's CSV files are written; what a file holds is the same."""

    PLAIN = "plain", _("Commas, decimal point")
    SHEET = "sheet", _("Semicolons, decimal comma and byte-order mark")


class LastAdministrator(Exception):
    """Nobody would be left who can manage people. The text is a sentence for people."""

    def __init__(self) -> None:
        super().__init__(_now_("This is the last active administrator. Make somebody else an administrator first."))


class Users(UserManager):
    def administrators(self) -> QuerySet["User"]:
        """Those who can manage people now."""
        return self.filter(role=Role.ADMINISTRATOR, is_active=True)

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        extra.setdefault("role", Role.ADMINISTRATOR)
        return super().create_superuser(username, email, password, **extra)


class User(AbstractUser):
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.VIEWER)
    language = models.CharField(_("language"), max_length=10, blank=True, help_text=_("Empty: as the browser asks."))
    theme = models.CharField(_("colours"), max_length=10, choices=Theme.choices, blank=True, default=Theme.SYSTEM)
    density = models.CharField(_("rows"), max_length=12, choices=Density.choices, default=Density.COMPACT)
    csv_form = models.CharField(_("CSV files"), max_length=10, choices=CsvForm.choices, default=CsvForm.PLAIN)
    layouts = models.JSONField(
        _("columns"), default=dict, blank=True, help_text=_("By list: which columns, in what order, how wide.")
    )

    objects = Users()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def take_role(self, role: str, *also: str) -> None:
        """Give the person a role, and with "administrator" the admin site. ValueError for a role we do not have.

        Of a person who is stored already only this and the fields in ``also`` are written: nothing that somebody
        else changed meanwhile is undone.
        """
        self.role = Role(role)
        self.is_staff = self.is_superuser = self.role == Role.ADMINISTRATOR
        fields = None if self._state.adding else ["role", "is_staff", "is_superuser", *also]
        self.save(update_fields=fields)

    def check_place(self, role: str, active: bool) -> None:
        """LastAdministrator when with this role and activity nobody could manage people any more."""
        stays = role == Role.ADMINISTRATOR and active
        administrators = User.objects.administrators().values_list("pk", flat=True)
        if not stays and list(administrators[:2]) == [self.pk]:
            raise LastAdministrator

    @transaction.atomic
    def take_place(self, role: str, active: bool, *also: str) -> None:
        """Give the person a role and open or close the door. LastAdministrator when none would be left.

        ``also`` are further fields to write.
        """
        list(User.objects.administrators().select_for_update().order_by("pk"))
        self.check_place(role, active)
        self.is_active = active
        self.take_role(role, "is_active", *also)

    def can(self, ability: str) -> bool:
        """Whether the person may do this: see, prepare, decide, sync or manage."""
        return self.is_active and (self.is_superuser or ability in ABILITIES.get(self.role, frozenset()))
