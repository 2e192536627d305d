"""The parts of a mirrored invoice, and what goes with it: lines, VAT, movements, papers, events, payloads."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from arapp.receivables.money import Money
from arapp.receivables.sources import Item
from arapp.receivables.words import MovementKind, PaperKind


class SearchText(models.Model):
    """What the search box looks through, in lower case; beside the invoice so that its rows stay small."""

    invoice = models.OneToOneField("Invoice", models.CASCADE, primary_key=True, related_name="search")
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("search text")
        verbose_name_plural = _("search texts")

    def __str__(self) -> str:
        return self.text[:60]


class Line(models.Model):
    invoice = models.ForeignKey("Invoice", models.CASCADE, related_name="lines", verbose_name=_("invoice"))
    position = models.PositiveIntegerField(_("position"))
    title = models.TextField(_("title"), blank=True)
    description = models.TextField(_("description"), blank=True)
    quantity = models.CharField(_("quantity"), max_length=40, blank=True)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    unit_price = models.CharField(_("unit price"), max_length=40, blank=True)
    vat_rate = models.CharField(_("VAT %"), max_length=20, blank=True)
    discount = models.CharField(_("discount"), max_length=40, blank=True)
    net = models.CharField(_("net"), max_length=40, blank=True)
    gross = models.CharField(_("gross"), max_length=40, blank=True)
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, verbose_name=_("item"))

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["invoice", "position"]
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="line_once")]

    def __str__(self) -> str:
        return self.title


class VatRate(models.Model):
    invoice = models.ForeignKey("Invoice", models.CASCADE, related_name="vat_rates", verbose_name=_("invoice"))
    position = models.PositiveIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    rate = models.CharField(_("rate %"), max_length=20, blank=True)
    net = models.CharField(_("net"), max_length=40, blank=True)
    vat = models.CharField(_("VAT"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        ordering = ["invoice", "position"]

    def __str__(self) -> str:
        return f"{self.name} {self.rate} %"


class Movement(models.Model):
    """Positive lowers what is owed, negative raises it; smallest units of the currency."""

    invoice = models.ForeignKey("Invoice", models.CASCADE, related_name="movements", verbose_name=_("invoice"))
    external_id = models.CharField(_("external id"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=MovementKind.choices)
    date = models.DateField(_("date"))
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    method = models.CharField(_("method"), max_length=60, blank=True)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        ordering = ["-date", "-id"]
        indexes = [models.Index(fields=["date", "id"], name="movement_by_date")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.money()}"

    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Paper(models.Model):
    """What went out under one invoice: Billogram's debit and credit invoices and letters, Billomat's reminders."""

    invoice = models.ForeignKey("Invoice", models.CASCADE, related_name="papers", verbose_name=_("invoice"))
    position = models.PositiveIntegerField(_("position"))
    external_id = models.CharField(
        _("external id"), max_length=200, blank=True, help_text=_("What its PDF is asked for by.")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=PaperKind.choices)
    number = models.CharField(_("number"), max_length=100, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    amount = models.BigIntegerField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    delivery = models.CharField(_("delivery"), max_length=60, blank=True)
    service_state = models.CharField(_("state at the service"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["invoice", "position"]
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="paper_once")]

    def __str__(self) -> str:
        return self.number or self.external_id

    def money(self) -> Money | None:
        return None if self.amount is None or not self.currency else Money(self.amount, self.currency)


class Event(models.Model):
    """Something that happened at the service."""

    invoice = models.ForeignKey("Invoice", models.CASCADE, related_name="events", verbose_name=_("invoice"))
    external_id = models.CharField(_("external id"), max_length=200)
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=60)
    text = models.TextField(_("text"), blank=True)
    person = models.CharField(_("person"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.kind


class Snapshot(models.Model):
    """The payloads as they came, and the substance they carried. The newest row of an object is how it is now.

    ``fields`` is the substance in plain words by field; ``payload`` and ``detail`` are JSON text with exact numbers.
    """

    invoice = models.ForeignKey(
        "Invoice", models.CASCADE, related_name="snapshots", null=True, blank=True, verbose_name=_("invoice")
    )
    customer = models.ForeignKey(
        "Customer", models.CASCADE, related_name="snapshots", null=True, blank=True, verbose_name=_("customer")
    )
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    fields = models.JSONField(_("substance"), default=dict, blank=True)
    payload = models.TextField(_("payload"), blank=True)
    detail = models.TextField(_("detail"), blank=True)
    first_seen_at = models.DateTimeField(_("first seen"))
    taken_at = models.DateTimeField(_("last read"))

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["-id"]
        indexes = [models.Index(fields=["invoice", "digest"], name="snapshot_by_digest")]

    def __str__(self) -> str:
        return f"{self.invoice or self.customer} {self.taken_at:%Y-%m-%d %H:%M}"


def decimal_text(value: Decimal | None) -> str:
    """An exact decimal as plain text without an exponent; "" for none. Columns hold it as text to stay exact."""
    return "" if value is None else f"{value:f}"
