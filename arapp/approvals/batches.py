"""Decisions on many invoices at once, taken a stretch at a time: they may be cut off and gone on with anywhere."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arapp.approvals.effects import SEND, Effect
from arapp.receivables.models import Invoice


class Phase(models.TextChoices):
    LOOKING = "looking", _("Looking at what it would do")
    READY = "ready", _("Waiting for a yes")
    DECIDING = "deciding", _("Deciding")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


class Result(models.TextChoices):
    WAITING = "", _("Not looked at yet")
    POSSIBLE = "possible", _("Can be decided")
    REFUSED = "refused", _("Refused")
    DONE = "done", _("Done")


class Batch(models.Model):
    """One person's decision on many invoices: chosen, looked at, asked for, carried out row by row."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"))
    action = models.CharField(_("action"), max_length=10)
    query = models.TextField(_("filters"), blank=True, help_text=_("Of the list that they were chosen from."))
    note = models.TextField(_("note"), blank=True)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices, default=Phase.LOOKING)
    total = models.PositiveIntegerField(_("rows"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("decision on many")
        verbose_name_plural = _("decisions on many")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"

    @property
    def runs(self) -> bool:
        """Whether there is a further stretch to do without anybody being asked."""
        return self.phase in (Phase.LOOKING, Phase.DECIDING)

    def agree(self, note: str) -> bool:
        """The yes to what was looked at. Whether it was this one that began the deciding."""
        return self._go(Phase.READY, Phase.DECIDING, note=note)

    def stop(self) -> bool:
        """Nothing further is decided; the row that is being decided still is."""
        return self._go(Phase.DECIDING, Phase.STOPPED, ended_at=timezone.now())

    def resume(self) -> bool:
        return self._go(Phase.STOPPED, Phase.DECIDING, ended_at=None)

    def end(self) -> bool:
        return self._go(Phase.DECIDING, Phase.DONE, ended_at=timezone.now())

    def looked(self) -> bool:
        return self._go(Phase.LOOKING, Phase.READY)

    def _go(self, before: str, to: str, **changes: Any) -> bool:
        """Into another phase, if it is in the one before; the batch as it is then."""
        moved = Batch.objects.filter(pk=self.pk, phase=before).update(phase=to, **changes)
        self.refresh_from_db()
        return bool(moved)


class BatchRow(models.Model):
    """One invoice of a batch, with the digest of what was seen of it."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows", verbose_name=_("decision on many"))
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="+", verbose_name=_("invoice"))
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    result = models.CharField(_("result"), max_length=10, choices=Result.choices, blank=True)
    effect = models.TextField(_("effect"), blank=True)
    receiver = models.TextField(_("receiver"), blank=True)
    sends = models.BooleanField(_("reaches the customer"), default=False)
    double = models.BooleanField(_("possible duplicate"), default=False)
    sentence = models.TextField(_("what stands against it"), blank=True)
    reason = models.TextField(_("the same in general"), blank=True, help_text=_("By this, refused rows are grouped."))

    class Meta:
        verbose_name = _("row of a decision on many")
        verbose_name_plural = _("rows of decisions on many")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["batch", "invoice"], name="invoice_once_per_batch")]
        indexes = [models.Index(fields=["batch", "result", "id"], name="batch_row_by_result")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.invoice_id}"

    @property
    def effect_words(self) -> str:
        """The effect with its receiver."""
        return self.effect % {"receiver": self.receiver} if self.receiver else self.effect

    def allow(self, effect: Effect, double: bool) -> None:
        """It can be decided, with this effect. Not stored yet."""
        self.result, self.double = Result.POSSIBLE, double
        self.effect, self.receiver, self.sends = effect.words, effect.receiver, effect.kind == SEND

    def refuse(self, sentence: str, reason: str = "") -> None:
        """It cannot be decided. Not stored yet."""
        self.result, self.sentence, self.reason = Result.REFUSED, sentence, reason or sentence
