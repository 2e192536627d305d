"""A source is ours; every mirrored row belongs to exactly one. Here too: what invoices name beside their customer."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from arapp.receivables.words import CountsAs, Service

DEFAULT_TERMS_DAYS = 30


class Source(models.Model):
    """One account of ours at one service."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    service = models.CharField(_("service"), max_length=20, choices=Service.choices)
    account = models.CharField(_("account id"), max_length=200, blank=True)
    account_name = models.CharField(_("account"), max_length=200, blank=True)
    counts_as = models.CharField(_("counts as"), max_length=12, choices=CountsAs.choices, default=CountsAs.RECEIVABLE)
    terms_days = models.PositiveSmallIntegerField(
        _("terms in days"),
        default=DEFAULT_TERMS_DAYS,
        validators=[MaxValueValidator(3650)],
        help_text=_("For services without a due date: due is the invoice date plus these days."),
    )
    delivery_method = models.CharField(
        _("delivery method"), max_length=20, blank=True, help_text=_("How Billogram sends an approved invoice.")
    )
    stand_in = models.BooleanField(_("stand-in"), default=False, help_text=_("Not a real account."))
    created_at = models.DateTimeField(_("connected"), auto_now_add=True)
    revision = models.PositiveBigIntegerField(default=0, editable=False)
    """Raised in the transaction that writes amounts of the source's invoices; while it stands, their sums stand."""
    read_whole_at = models.DateTimeField(_("first read whole"), null=True, blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Mirrored(models.Model):
    """A row that says what a service says."""

    source = models.ForeignKey(Source, models.PROTECT, verbose_name=_("source"))
    external_id = models.CharField(_("external id"), max_length=200)

    class Meta:
        abstract = True


class Named(Mirrored):
    name = models.CharField(_("name"), max_length=300, blank=True)
    email = models.CharField(_("e-mail"), max_length=300, blank=True)

    class Meta:
        abstract = True
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name or self.external_id


def once_per_source(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(fields=["source", "external_id"], name=f"{name}_once_per_source")


class Owner(Named):
    """The service's user an invoice belongs to, or who created it."""

    class Meta(Named.Meta):
        verbose_name = _("owner")
        verbose_name_plural = _("owners")
        constraints = [once_per_source("owner")]


class Contact(Named):
    class Meta(Named.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [once_per_source("contact")]


class Card(Named):
    class Meta(Named.Meta):
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = [once_per_source("card")]


class Tag(Named):
    class Meta(Named.Meta):
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [once_per_source("tag")]


class Article(Named):
    number = models.CharField(_("number"), max_length=100, blank=True)

    class Meta(Named.Meta):
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [once_per_source("article")]
