"""The mirror: what the services say is owed. Only ``mirror.py`` writes its rows; ``Source`` is ours."""

from datetime import date, timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arapp.receivables.claims import ISSUED_CLAIMS, Invoices
from arapp.receivables.comparable import COMPARABLE, NUMBER_COMPARED
from arapp.receivables.identity import NUMBERS, index_of
from arapp.receivables.money import Money
from arapp.receivables.parts import (
    Event,
    Line,
    Movement,
    Paper,
    SearchText,
    Snapshot,
    VatRate,
    decimal_text,
)
from arapp.receivables.references import is_drawn
from arapp.receivables.scaled import whole_units
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
    "decimal_text",
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
        indexes = [models.Index(Lower("name"), "id", name="customer_by_name"), *map(index_of, NUMBERS)]

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
                "currency",
                F("open").desc(),
                "id",
                include=["source", "customer", "kind", "gross", "due_date", "state", "gone_at"],
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
            models.Index(whole_units("gross"), "id", name="invoice_by_gross"),
            models.Index(whole_units("open"), "id", name="invoice_by_open"),
            models.Index(
                *("gross", "currency", "kind", NUMBER_COMPARED),
                include=["source", "number"],
                condition=COMPARABLE,
                name="invoice_same",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.given_name or self.external_id

    @property
    def given_name(self) -> str:
        """The short id, where it is one that people use."""
        return "" if is_drawn(self.short_id) else self.short_id

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
