"""A source is ours; every mirrored row belongs to exactly one. Here too: what invoices name beside their customer."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from arapp.receivables.money import AmountError, Money, currency_code
from arapp.receivables.words import CountsAs, SecondPerson, Service

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
    second_person = models.CharField(
        _("second person"),
        max_length=10,
        choices=SecondPerson.choices,
        default=SecondPerson.ALWAYS,
        help_text=_("Whether issuing, crediting and writing off need somebody else than who prepared it."),
    )
    second_person_above = models.BigIntegerField(
        _("second person above"),
        null=True,
        blank=True,
        help_text=_("Smallest units of the currency beside it; amounts in other currencies always need one."),
    )
    second_person_currency = models.CharField(_("currency of that amount"), max_length=3, blank=True)
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

    @property
    def second_person_words(self) -> str:
        """“Always”, “Never” or “Above 1,000.00 SEK”."""
        limit = self.second_person_limit
        return _now_("Above %(amount)s") % {"amount": limit} if limit else str(self.get_second_person_display())

    @property
    def second_person_limit(self) -> Money | None:
        """The amount up to which one person is enough; None where no amount matters."""
        known = self.second_person == SecondPerson.ABOVE and self.second_person_above is not None
        return Money(self.second_person_above, self.second_person_currency) if known else None

    def ask_second_person(self, rule: str, above: Money | None = None) -> None:
        """Store when a second person is needed. ValueError for “above” without an amount, or with none above zero."""
        if rule == SecondPerson.ABOVE and (above is None or above.minor <= 0):
            raise ValueError(_now_("The amount must be more than zero."))
        limit = above if rule == SecondPerson.ABOVE else None
        self.second_person = SecondPerson(rule)
        self.second_person_above = limit.minor if limit else None
        self.second_person_currency = limit.currency if limit else ""
        self.save(update_fields=["second_person", "second_person_above", "second_person_currency"])


def read_second_person(text: str) -> tuple[str, Money | None]:
    """“always”, “never”, or the amount above which one is needed, such as “1000.00 SEK”. AmountError for all else."""
    word = text.strip().lower()
    if word in (SecondPerson.ALWAYS, SecondPerson.NEVER):
        return word, None
    amount, _space, currency = text.strip().partition(" ")
    limit = Money.parse(amount, currency_code(currency))
    if limit.minor <= 0:
        raise AmountError(_now_("The amount must be more than zero."))
    return SecondPerson.ABOVE, limit


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


class Item(Mirrored):
    """Something that can stand on a line: an item at Billogram, an article at Billomat."""

    number = models.CharField(_("number"), max_length=100, blank=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    description = models.TextField(_("description"), blank=True)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    unit_price = models.CharField(
        _("unit price"), max_length=40, blank=True, help_text=_("In whole units of the currency, up to six decimals.")
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    vat_rate = models.CharField(_("VAT %"), max_length=20, blank=True)
    archived = models.BooleanField(_("archived"), default=False)
    brief = models.BooleanField(_("known only from lines"), default=True)
    form = models.JSONField(
        _("data"), null=True, blank=True, help_text=_("What would make it, in the words of item.update.")
    )
    updated_at = models.DateTimeField(_("changed"), null=True, blank=True)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)
    row_digest = models.CharField(max_length=64, blank=True, editable=False)
    search = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["name", "id"]
        constraints = [once_per_source("item")]
        indexes = [models.Index(Lower("name"), "id", name="item_by_name")]

    def __str__(self) -> str:
        return self.name or self.number or self.external_id


class ChoiceKind(models.TextChoices):
    """What a person chooses from a service's own list while filling in a form."""

    CARD = "card", _("Card")
    CONTACT = "contact", _("Contact")
    EMAIL_TEMPLATE = "email_template", _("E-mail template")
    FREE_TEXT = "free_text", _("Free text")
    REMINDER_LEVEL = "reminder_level", _("Reminder level")
    REPORT = "report", _("Report")
    TAX = "tax", _("Tax")
    TEMPLATE = "template", _("Template")
    UNIT = "unit", _("Unit")


class Choice(Mirrored):
    """One row of such a list."""

    kind = models.CharField(_("kind"), max_length=20, choices=ChoiceKind.choices)
    name = models.CharField(_("name"), max_length=300, blank=True)
    of = models.CharField(
        _("belongs to"), max_length=200, blank=True, help_text=_("External id of the customer a contact belongs to.")
    )
    data = models.JSONField(_("data"), default=dict, blank=True)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_id"], name="choice_once_per_source_and_kind")
        ]

    def __str__(self) -> str:
        return self.name or self.external_id
