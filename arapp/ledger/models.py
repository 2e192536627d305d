"""What a currency is worth in the company's own, as people have entered it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Rate(models.Model):
    """One whole unit of ``currency`` is worth ``rate`` whole units of ``home``, from ``day`` on."""

    currency = models.CharField(_("currency"), max_length=3)
    home = models.CharField(_("home currency"), max_length=3)
    rate = models.CharField(_("rate"), max_length=40, help_text=_("An exact decimal, as text."))
    day = models.DateField(_("date"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    at = models.DateTimeField(_("entered"), default=timezone.now)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-day", "-id"]
        constraints = [models.UniqueConstraint(fields=["currency", "home", "day"], name="rate_once_a_day")]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate} {self.home} ({self.day})"
