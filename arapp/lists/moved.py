"""Everything dated that changed what is owed: the services' movements and the payments kept at the desk, as one."""

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from arapp.receivables.models import Invoice, MovementKind
from arapp.receivables.money import Money


class Moves(QuerySet["Moved"]):
    def standing(self) -> "Moves":
        """Without the payments that somebody has deleted at the desk."""
        return self.filter(deleted_at=None)


class Moved(models.Model):
    """A row of a view of the database: positive lowers what is owed; smallest units of the currency.

    A movement of a service has its own id, a payment of the desk the negative of its id. Each half is one table
    without a condition: only so do both databases walk the two date indexes side by side.
    """

    invoice = models.ForeignKey(Invoice, models.DO_NOTHING, related_name="+", verbose_name=_("invoice"))
    kind = models.CharField(_("kind"), max_length=12, choices=MovementKind.choices)
    date = models.DateField(_("date"))
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("method"), max_length=60, blank=True)
    text = models.TextField(_("text"), blank=True)
    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", verbose_name=_("person")
    )
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    objects = Moves.as_manager()

    class Meta:
        managed = False
        db_table = "lists_moved"
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        ordering = ["-date", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.money()}"

    @property
    def at_desk(self) -> bool:
        """Whether it is kept at the desk; the service does not know of it."""
        return self.pk < 0

    def money(self) -> Money:
        return Money(self.amount, self.currency)
