"""What stays at the desk because the service has no place for it: comments, tags and payments."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arapp.receivables.models import Customer, Invoice
from arapp.receivables.money import Money


class KeptComment(models.Model):
    """An internal comment; no customer and no service ever sees it."""

    invoice = models.ForeignKey(
        Invoice, models.CASCADE, null=True, blank=True, related_name="kept_comments", verbose_name=_("invoice")
    )
    customer = models.ForeignKey(
        Customer, models.CASCADE, null=True, blank=True, related_name="kept_comments", verbose_name=_("customer")
    )
    text = models.TextField(_("text"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    token = models.UUIDField(null=True, unique=True, editable=False)
    """Of the form it was written in: the same form sent twice keeps one note."""

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text[:60]


class KeptTag(models.Model):
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="kept_tags", verbose_name=_("invoice"))
    name = models.CharField(_("name"), max_length=100)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["invoice", "name"], name="kept_tag_once")]

    def __str__(self) -> str:
        return self.name


class KeptPayments(models.QuerySet["KeptPayment"]):
    def standing(self) -> "KeptPayments":
        """Those that nobody has deleted."""
        return self.filter(deleted_at=None)


class KeptPayment(models.Model):
    """A payment of an invoice whose service knows no payments. Smallest units of the invoice's currency.

    It is never changed: a wrong one is deleted, which leaves the row with who did it and when.
    """

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="kept_payments", verbose_name=_("invoice"))
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    date = models.DateField(_("date"))
    method = models.CharField(_("method"), max_length=60, blank=True)
    note = models.TextField(_("note"), blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    at = models.DateTimeField(_("recorded"), default=timezone.now)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("deleted by"),
    )
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = KeptPayments.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-date", "-id"]

    def __str__(self) -> str:
        return f"{self.money()}"

    def money(self) -> Money:
        return Money(self.amount, self.currency)
