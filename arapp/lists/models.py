"""Views of a list that people keep under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arapp.lists.moved import Moved

__all__ = ["Listed", "Moved", "SavedView", "ViewUse"]


class Listed(models.TextChoices):
    """The lists that views are kept of, by the name of their address."""

    INVOICES = "invoices", _("Invoices")
    CUSTOMERS = "customers", _("Customers")
    ITEMS = "items", _("Items")
    DECISIONS = "decisions", _("Decisions")
    PAYMENTS = "payments", _("Payments")


class SavedView(models.Model):
    """A name for a query string. Dates in it may be relative and stay so."""

    listed = models.CharField(_("list"), max_length=12, choices=Listed.choices, default=Listed.INVOICES)
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField(_("filters"), blank=True, help_text=_("The query string of the list, without its page."))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("person")
    )
    shared = models.BooleanField(_("shared with the team"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["person", "listed", "name"], name="view_once_per_person")]

    def __str__(self) -> str:
        return self.name


class ViewUse(models.Model):
    """What one person does with a view, their own or a shared one."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="uses", verbose_name=_("view"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="view_uses", verbose_name=_("person")
    )
    listed = models.CharField(_("list"), max_length=12, choices=Listed.choices, default=Listed.INVOICES)
    pinned = models.BooleanField(_("pinned"), default=False)
    default = models.BooleanField(_("opens first"), default=False)

    class Meta:
        verbose_name = _("use of a view")
        verbose_name_plural = _("uses of views")
        constraints = [
            models.UniqueConstraint(fields=["view", "person"], name="use_once_per_view_and_person"),
            models.UniqueConstraint(
                fields=["person", "listed"], condition=Q(default=True), name="one_default_view_per_list"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.view_id} {self.person_id}"
