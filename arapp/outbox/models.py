"""The outbox: what we have decided to tell a service. A web request stores an intent; the push carries it out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arapp.receivables.models import Customer, Invoice, Item, Source


class IntentState(models.TextChoices):
    PENDING = "pending", _("On its way")
    SENDING = "sending", _("Being sent")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused by the service")
    UNKNOWN = "unknown", _("Answer lost, being checked")
    SUPERSEDED = "superseded", _("No longer valid")
    NEEDS_PERSON = "needs_person", _("Needs a person")


DECISIONS = ("approve", "reject", "reopen", "send", "complete", "comment")
"""Kinds of intents that carry a decision; every other kind is the name of an action, such as ``payment.create``."""
PREPARING = ("invoice.create", "invoice.upload", "invoice.update")
"""Actions whose person has prepared what somebody else approves."""
CAME_TO_NOTHING = (IntentState.REFUSED, IntentState.SUPERSEDED)
UNSETTLED = (IntentState.PENDING, IntentState.SENDING, IntentState.UNKNOWN)
LOOK_AGAIN_AFTER = timedelta(seconds=60)
"""A lost write is only believed to have had no effect when a read this much later shows none."""

CLAIM_LASTS = timedelta(seconds=120)
"""A claim older than this belonged to a process that died; whether its write went out is unknown."""


class Intents(QuerySet["Intent"]):
    def unsettled(self) -> "Intents":
        return self.filter(state__in=UNSETTLED)

    def due(self, now: datetime) -> "Intents":
        """Those to carry out now, oldest first; only the first unsettled one of each invoice, customer and item."""
        free = self.filter(state=IntentState.PENDING, due_at__lte=now)
        for field in ("invoice", "customer", "item"):
            earlier = Intent.objects.filter(**{field: models.OuterRef(field)}, id__lt=models.OuterRef("id"))
            free = free.filter(Q(**{field: None}) | ~models.Exists(earlier.filter(state__in=UNSETTLED)))
        return free.order_by("id")

    def decisions(self) -> "Intents":
        return self.filter(kind__in=DECISIONS)

    def lost(self, now: datetime) -> "Intents":
        """Those whose outcome is to be found out by reading, the one looked at longest ago first."""
        died = Q(state=IntentState.SENDING, claimed_at__lt=now - CLAIM_LASTS)
        return self.filter(Q(state=IntentState.UNKNOWN) | died).order_by("due_at", "id")

    def take_back(self, invoice: Invoice) -> int:
        """Supersede decisions that are not claimed yet; how many there were."""
        return self.filter(invoice=invoice, state=IntentState.PENDING, kind__in=DECISIONS).update(
            state=IntentState.SUPERSEDED, version=F("version") + 1, settled_at=timezone.now()
        )


class Intent(models.Model):
    """One thing to tell a service, once. Its state moves by conditional updates on (state, version) alone."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="intents", verbose_name=_("source"))
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, blank=True, related_name="intents", verbose_name=_("invoice")
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="intents", verbose_name=_("customer")
    )
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="intents", verbose_name=_("item")
    )
    kind = models.CharField(_("what"), max_length=40)
    data = models.JSONField(_("data"), default=dict, blank=True)
    progress = models.JSONField(
        _("progress"), default=dict, blank=True, help_text=_("What the desk remembers while it is carried out.")
    )
    digest = models.CharField(_("digest of the substance"), max_length=64, blank=True)
    seen_word = models.CharField(
        _("decision at the service as the person saw it"), max_length=12, blank=True, help_text=_("Of an action.")
    )
    state = models.CharField(_("state"), max_length=12, choices=IntentState.choices, default=IntentState.PENDING)
    version = models.PositiveIntegerField(default=1, editable=False)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    written_at = models.DateTimeField(_("written"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    reference = models.CharField(
        _("our own reference"),
        max_length=100,
        blank=True,
        db_index=True,
        help_text=_("What is made carries it at the service, so that making it again finds the first one."),
    )
    result_id = models.CharField(
        _("external id of what it made"),
        max_length=200,
        blank=True,
        help_text=_("Known once the service has said it."),
    )
    alone = models.BooleanField(
        _("by one person alone"), default=False, help_text=_("The source allowed it without a second person.")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
        help_text=_("Who dropped it or marked it as done; empty when the service's answer did."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = Intents.as_manager()

    class Meta:
        verbose_name = _("intent")
        verbose_name_plural = _("intents")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="intent_due"),
            models.Index(fields=["invoice", "id"], name="intent_of_invoice"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject or self.source}"

    @property
    def subject(self) -> Invoice | Customer | Item | None:
        """What it concerns; None while it is still to be made."""
        return self.invoice or self.customer or self.item

    @property
    def decides(self) -> bool:
        """Whether it carries an approval, a rejection or a reopening."""
        return self.kind in DECISIONS

    def move(self, to: str, **changes: object) -> bool:
        """Change the state if nobody else has since this row was read. Whether it was us."""
        settled = {} if to in UNSETTLED else {"settled_at": timezone.now()}
        moved = Intent.objects.filter(pk=self.pk, state=self.state, version=self.version).update(
            state=to, version=F("version") + 1, **settled, **changes
        )
        if moved:
            self.refresh_from_db()
        return bool(moved)


def decisions_told(invoice: Invoice) -> list[Intent]:
    """The intents of an invoice that carry decisions, newest first."""
    return [intent for intent in intents_of(invoice) if intent.decides]


def intents_of(invoice: Invoice) -> Iterable[Intent]:
    """Newest first. A list of invoices has read them ahead, as ``known_intents``."""
    known: list[Intent] | None = getattr(invoice, "known_intents", None)
    return invoice.intents.all() if known is None else known
