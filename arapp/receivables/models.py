"""The mirror: what the services say is owed. Only ``mirror.py`` writes its rows; ``Source`` is ours."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arapp.receivables.claims import ISSUED_CLAIMS, Invoices
from arapp.receivables.money import Money
from arapp.receivables.sources import (
    Card,
    Choice,
    ChoiceKind,
    Contact,
    Item,
    Mirrored,
    Named,
    Owner,
    Source,
    Tag,
    once_per_source,
)
from arapp.receivables.words import CountsAs, Kind, MovementKind, PaperKind, SecondPerson, Service, State

__all__ = [
    "ISSUED_CLAIMS",
    "Card",
    "Choice",
    "ChoiceKind",
    "Contact",
    "CountsAs",
    "Customer",
    "Event",
    "Invoice",
    "Item",
    "Kind",
    "Line",
    "Mirrored",
    "Movement",
    "MovementKind",
    "Named",
    "Owner",
    "Paper",
    "PaperKind",
    "SearchText",
    "SecondPerson",
    "Service",
    "Snapshot",
    "Source",
    "State",
    "Tag",
    "VatRate",
]

READING_LASTS = timedelta(minutes=15)


class Customer(Mirrored):
    number = models.CharField(_("number"), max_length=100, blank=True)
    name = models.CharField(_("name"), max_length=300, blank=True)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    email = models.CharField(_("e-mail"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=100, blank=True)
    org_no = models.CharField(_("organisation or tax number"), max_length=100, blank=True)
    vat_no = models.CharField(_("VAT number"), max_length=100, blank=True)
    tax_office = models.CharField(_("tax office"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact"), max_length=300, blank=True)
    address = models.TextField(_("address"), blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    note = models.TextField(_("note"), blank=True)
    form = models.JSONField(
        _("data"), null=True, blank=True, help_text=_("What would make it, in the words of customer.update.")
    )
    archived = models.BooleanField(_("archived"), default=False)
    brief = models.BooleanField(_("known only from invoices"), default=True)
    created_at = models.DateTimeField(_("created"), null=True, blank=True)
    updated_at = models.DateTimeField(_("changed"), null=True, blank=True)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)
    row_digest = models.CharField(max_length=64, blank=True, editable=False)
    search = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [once_per_source("customer")]
        indexes = [models.Index(Lower("name"), "id", name="customer_by_name")]

    def __str__(self) -> str:
        return self.name or _("Customer %(id)s") % {"id": self.external_id}


class Invoice(Mirrored):
    """An invoice or a credit note as the service has it. Amounts are smallest units of ``currency`` (ISO 4217)."""

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.INVOICE)
    number = models.CharField(_("number"), max_length=100, blank=True)
    short_id = models.CharField(_("short id"), max_length=100, blank=True)
    title = models.TextField(_("title"), blank=True)
    label = models.TextField(_("label"), blank=True)
    intro = models.TextField(_("intro"), blank=True)
    note = models.TextField(_("note"), blank=True)
    category = models.CharField(_("category"), max_length=300, blank=True)
    reference = models.CharField(_("reference"), max_length=300, blank=True)
    payment_reference = models.CharField(_("payment reference"), max_length=100, blank=True)
    payment_type = models.CharField(_("payment type"), max_length=200, blank=True)
    delivery_method = models.CharField(_("delivery method"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    corrects = models.CharField(_("corrects"), max_length=200, blank=True)
    receiver_email = models.CharField(_("receiver's e-mail"), max_length=300, blank=True)
    receiver_address = models.TextField(_("receiver's address"), blank=True)
    receiver_phone = models.CharField(_("receiver's phone"), max_length=100, blank=True)

    customer = models.ForeignKey(
        Customer, models.PROTECT, verbose_name=_("customer"), null=True, blank=True, related_name="invoices"
    )
    owner = models.ForeignKey(Owner, models.PROTECT, verbose_name=_("owner"), null=True, blank=True)
    changer = models.ForeignKey(
        Owner, models.PROTECT, verbose_name=_("last changed by"), null=True, blank=True, related_name="+"
    )
    contact = models.ForeignKey(Contact, models.PROTECT, verbose_name=_("contact"), null=True, blank=True)
    card = models.ForeignKey(Card, models.PROTECT, verbose_name=_("card"), null=True, blank=True)
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="invoices")

    issue_date = models.DateField(_("issued"), null=True, blank=True)
    due_date = models.DateField(_("due"), null=True, blank=True)
    due_by_terms = models.BooleanField(_("due by the source's terms"), default=False)
    supply_date = models.CharField(_("supplied"), max_length=200, blank=True)
    discount_date = models.DateField(_("discount until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"))
    updated_at = models.DateTimeField(_("changed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    currency = models.CharField(_("currency"), max_length=3, blank=True)
    net = models.BigIntegerField(_("net"), null=True, blank=True)
    vat = models.BigIntegerField(_("VAT"), null=True, blank=True)
    gross = models.BigIntegerField(_("gross"), null=True, blank=True)
    paid = models.BigIntegerField(_("paid"), null=True, blank=True)
    open = models.BigIntegerField(_("open"), null=True, blank=True)

    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UNKNOWN)
    service_state = models.CharField(_("state at the service"), max_length=60, blank=True)
    service_decision = models.CharField(_("decision at the service"), max_length=12, blank=True)
    decided_at = models.DateTimeField(_("decided at the service"), null=True, blank=True)
    processing = models.CharField(_("processing"), max_length=40, blank=True)
    own_gross = models.BigIntegerField(_("gross by our own computation"), null=True, blank=True)
    permissions = models.JSONField(_("permissions at the service"), null=True, blank=True)
    finding = models.TextField(_("finding"), blank=True)
    form = models.JSONField(
        _("data"), null=True, blank=True, help_text=_("What would make it, in the words of invoice.update.")
    )
    delivery_failed = models.BooleanField(_("delivery failed"), default=False)
    message_waits = models.BooleanField(_("a message of the customer waits"), default=False)
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)

    detailed_at = models.DateTimeField(_("details read"), null=True, blank=True)
    row_digest = models.CharField(max_length=64, blank=True, editable=False)
    detail_digest = models.CharField(max_length=64, blank=True, editable=False)
    detail_due = models.BooleanField(_("details to be read"), default=True)
    digest = models.CharField(_("digest of the substance"), max_length=64, blank=True)

    objects = Invoices.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_id"], name="invoice_once_per_source_and_kind")
        ]
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), name="invoice_newest"),
            models.Index(fields=["state", "issue_date"], name="invoice_state_issued"),
            models.Index(fields=["issue_date", "id"], name="invoice_issued"),
            models.Index(fields=["due_date", "id"], name="invoice_due"),
            models.Index(
                fields=["currency"],
                include=["source", "kind", "open", "due_date", "state", "gone_at"],
                condition=Q(state__in=ISSUED_CLAIMS, gone_at=None),
                name="invoice_claims",
            ),
            models.Index(fields=["source"], condition=Q(gone_at__isnull=False), name="invoice_gone"),
            models.Index(
                fields=["source"],
                condition=Q(delivery_failed=True) | Q(message_waits=True),
                name="invoice_flagged",
            ),
            models.Index(fields=["number"], name="invoice_number"),
            models.Index(
                fields=["customer", "created_at"],
                include=["id", "currency", "gross", "open"],
                name="invoice_customer",
            ),
            models.Index(fields=["detail_due", "source"], name="invoice_detail_due", condition=Q(detail_due=True)),
            models.Index(fields=["currency"], include=["gross", "open"], name="invoice_totals"),
        ]

    def __str__(self) -> str:
        return self.number or self.short_id or self.external_id

    def money(self, field: str) -> Money | None:
        """One of net, vat, gross, paid, open as Money; None while unknown."""
        minor = getattr(self, field)
        return None if minor is None or not self.currency else Money(minor, self.currency)

    def days_overdue(self, today: date) -> int:
        """Days since the due date of an issued claim with an amount left, else 0."""
        owed = self.state in ISSUED_CLAIMS and self.kind == Kind.INVOICE and not self.gone_at and (self.open or 0) > 0
        late = owed and self.due_date and self.source.counts_as == CountsAs.RECEIVABLE
        return max(0, (today - self.due_date).days) if late else 0

    @property
    def needs_attention(self) -> bool:
        """The service could not read it or takes too long (BillOver A15), or its state is a word we do not know."""
        slow = self.gross is None and bool(self.processing) and timezone.now() - self.created_at > READING_LASTS
        return self.state == State.UNKNOWN or slow

    @property
    def has_details(self) -> bool:
        return self.detailed_at is not None


class SearchText(models.Model):
    """What the search box looks through, in lower case; beside the invoice so that its rows stay small."""

    invoice = models.OneToOneField(Invoice, models.CASCADE, primary_key=True, related_name="search")
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("search text")
        verbose_name_plural = _("search texts")

    def __str__(self) -> str:
        return self.text[:60]


class Line(models.Model):
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines", verbose_name=_("invoice"))
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
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="vat_rates", verbose_name=_("invoice"))
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

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="movements", verbose_name=_("invoice"))
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

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="papers", verbose_name=_("invoice"))
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

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="events", verbose_name=_("invoice"))
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
        Invoice, models.CASCADE, related_name="snapshots", null=True, blank=True, verbose_name=_("invoice")
    )
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="snapshots", null=True, blank=True, verbose_name=_("customer")
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
