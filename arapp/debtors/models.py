"""Customers of several sources that people have said are one and the same company."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arapp.receivables.models import Customer


class Debtor(models.Model):
    """One company, whatever sources know it."""

    created_at = models.DateTimeField(_("joined"), default=timezone.now)

    class Meta:
        verbose_name = _("debtor")
        verbose_name_plural = _("debtors")

    def __str__(self) -> str:
        return f"{self.pk}"


class Member(models.Model):
    """A customer that belongs to a debtor, and who said so. A customer belongs to one debtor at most."""

    debtor = models.ForeignKey(Debtor, models.CASCADE, related_name="members", verbose_name=_("debtor"))
    customer = models.OneToOneField(Customer, models.CASCADE, related_name="membership", verbose_name=_("customer"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("customer of a debtor")
        verbose_name_plural = _("customers of debtors")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.debtor_id} {self.customer_id}"


class Apart(models.Model):
    """Two customers that a person has said are not the same, so they are not proposed again; ``one`` < ``other``."""

    one = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    other = models.ForeignKey(Customer, models.CASCADE, related_name="+", verbose_name=_("customer"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("customers kept apart")
        verbose_name_plural = _("customers kept apart")
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="kept_apart_once")]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


class Step(models.Model):
    """That a customer came to a debtor or left it, and by whom; kept when the debtor is no more."""

    class Kind(models.TextChoices):
        JOINED = "joined", _("Joined")
        SPLIT = "split", _("Split off")

    debtor = models.BigIntegerField(_("debtor"))
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="debtor_steps", verbose_name=_("customer"))
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("change of a debtor")
        verbose_name_plural = _("changes of debtors")
        ordering = ["-id"]
        indexes = [models.Index(fields=["debtor"], name="step_of_debtor")]

    def __str__(self) -> str:
        return f"{self.debtor} {self.customer_id} {self.kind}"
