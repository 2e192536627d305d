"""How each source is reached, what each run did, and what could not be read."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from arapp.receivables.models import Source
from arapp.upstreams.base import STREAM_NAMES
from arapp.upstreams.secrets import conceal, reveal


class Connection(models.Model):
    """The address and credentials of a source, the lease of the run that reads it, and where it stands."""

    source = models.OneToOneField(
        Source, models.CASCADE, primary_key=True, related_name="connection", verbose_name=_("source")
    )
    base_url = models.CharField(_("base URL"), max_length=500)
    user = models.CharField(_("user"), max_length=200, blank=True)
    secret = models.TextField(_("secret, encrypted"), editable=False)
    secret_tail = models.CharField(_("secret ends in"), max_length=4, blank=True)
    calls_per_second = models.FloatField(
        _("calls a second"), null=True, blank=True, validators=[MinValueValidator(0.01), MaxValueValidator(100)]
    )
    lease_number = models.PositiveBigIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    walked_at = models.DateTimeField(_("last read whole"), null=True, blank=True)
    read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    postponed_until = models.DateTimeField(_("postponed until"), null=True, blank=True)
    wanted_at = models.DateTimeField(
        _("wanted since"), null=True, blank=True, help_text=_("Somebody asked for a reading now.")
    )
    next_call_at = models.DateTimeField(null=True, blank=True, editable=False)
    calls_left = models.IntegerField(_("calls left in the window"), null=True, blank=True)
    calls_reset_at = models.DateTimeField(_("window ends"), null=True, blank=True)
    paused = models.BooleanField(_("paused"), default=False, help_text=_("Nothing is read and nothing is sent."))
    watch_only = models.BooleanField(_("watch only"), default=False, help_text=_("It is read, but nothing is sent."))
    accept_gone_at = models.DateTimeField(
        _("consent to gone since"), null=True, blank=True, help_text=_("What is missing may be marked as gone.")
    )

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")

    def __str__(self) -> str:
        return f"{self.source} {self.base_url}"

    def want(self) -> None:
        """Ask ``work`` to read this source as soon as it can."""
        Connection.objects.filter(pk=self.pk).update(wanted_at=timezone.now())

    def accept_gone(self) -> None:
        """A person's consent that what the next whole reading misses is gone, however much it is."""
        now = timezone.now()
        Connection.objects.filter(pk=self.pk).update(accept_gone_at=now, wanted_at=now)

    def keep_secret(self, secret: str) -> None:
        """Encrypt the secret into the row (not saved); only its last four characters stay readable."""
        self.secret, self.secret_tail = conceal(secret), secret[-4:] if len(secret) >= 12 else ""

    def plain_secret(self) -> str:
        """The secret in clear. SecretLost when no key of ours opens it."""
        return reveal(self.secret)

    def take_lease(self, lasts: timedelta) -> int | None:
        """The number of a new lease, or None while another run holds one. Judged by the database's clock."""
        self.refresh_from_db()
        free = Connection.objects.filter(pk=self.pk).exclude(lease_until__gt=Now())
        taken = free.filter(lease_number=self.lease_number).update(
            lease_number=F("lease_number") + 1, lease_until=Now() + lasts
        )
        if not taken:
            return None
        self.lease_number += 1
        return self.lease_number

    def renew_lease(self, number: int, lasts: timedelta) -> bool:
        """Hold on to the lease; False when it is no longer ours."""
        ours = Connection.objects.filter(pk=self.pk, lease_number=number)
        return bool(ours.update(lease_until=Now() + lasts))

    def free_lease(self, number: int) -> None:
        Connection.objects.filter(pk=self.pk, lease_number=number).update(lease_until=None)


class RunStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    OK = "ok", _("OK")
    PARTIAL = "partial", _("Partial")
    FAILED = "failed", _("Failed")
    POSTPONED = "postponed", _("Postponed")
    BUSY = "busy", _("Busy")


class PullRun(models.Model):
    """One reading of a source and what it found."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="runs", verbose_name=_("source"))
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    full = models.BooleanField(_("whole"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=RunStatus.choices, default=RunStatus.RUNNING)
    fetched = models.PositiveIntegerField(_("fetched"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    gone = models.PositiveIntegerField(_("gone"), default=0)
    quarantined = models.PositiveIntegerField(_("quarantined"), default=0)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    seconds = models.DecimalField(_("seconds"), max_digits=10, decimal_places=3, default=0)
    missing = models.PositiveIntegerField(
        _("missing"),
        default=0,
        help_text=_("Not shown by the service any more; a person is asked whether it is gone."),
    )
    doing = models.CharField(_("reads"), max_length=40, blank=True)
    done = models.PositiveIntegerField(_("done"), default=0)
    of = models.PositiveIntegerField(_("of"), default=0, help_text=_("0 while it is not known."))
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "id"], name="run_of_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M} {self.status}"


class QuarantinedRows(QuerySet["Quarantined"]):
    def waiting(self) -> "QuarantinedRows":
        return self.filter(cleared_at=None)


class Quarantined(models.Model):
    """A payload we could not read, kept as it came with the reason; cleared when a later one can be read."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="quarantined", verbose_name=_("source"))
    stream = models.CharField(_("list"), max_length=40)
    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    payload = models.TextField(_("payload"))
    reason = models.TextField(_("reason"))
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True)

    objects = QuarantinedRows.as_manager()

    class Meta:
        verbose_name = _("quarantined payload")
        verbose_name_plural = _("quarantined payloads")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "stream", "external_id"], name="quarantined_once_per_object")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.stream} {self.external_id}"

    @property
    def stream_name(self) -> str:
        """The list it came with, in words."""
        return str(STREAM_NAMES.get(self.stream, self.stream))


ALIVE_FOR = timedelta(minutes=2)


class Workers(QuerySet["Worker"]):
    def alive(self) -> "Workers":
        return self.filter(seen_at__gt=timezone.now() - ALIVE_FOR)


class Worker(models.Model):
    """A running ``work`` process, by its last sign of life."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    seen_at = models.DateTimeField(_("last sign of life"), default=timezone.now)

    objects = Workers.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.name


class Hook(models.Model):
    """Where a service tells us that something happened, and the keys that prove that it is the service.

    During a rotation the old path and the old key hold on until ``old_until``.
    """

    source = models.OneToOneField(
        Source, models.CASCADE, primary_key=True, related_name="hook", verbose_name=_("source")
    )
    path = models.CharField(_("path"), max_length=64, unique=True)
    old_path = models.CharField(_("old path"), max_length=64, blank=True, db_index=True)
    key = models.TextField(_("key, encrypted"), blank=True, editable=False)
    old_key = models.TextField(_("old key, encrypted"), blank=True, editable=False)
    old_until = models.DateTimeField(_("old one holds until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("hook")
        verbose_name_plural = _("hooks")

    def __str__(self) -> str:
        return f"{self.source}"


class HookState(models.TextChoices):
    WAITING = "waiting", _("To be read")
    READ = "read", _("Read")
    IGNORED = "ignored", _("Nothing to read")
    FAILED = "failed", _("Could not be read")


class HookCall(models.Model):
    """One hint that came in. It says what to read, never what is so."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="hook_calls", verbose_name=_("source"))
    digest = models.CharField(_("digest of the body"), max_length=64)
    event = models.CharField(_("event"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=20, blank=True, help_text=_("invoice, credit_note or customer"))
    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=HookState.choices, default=HookState.WAITING)
    note = models.TextField(_("note"), blank=True)
    times = models.PositiveIntegerField(_("times"), default=1, help_text=_("How often the same one came."))
    tries = models.PositiveIntegerField(_("tries"), default=0)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("hook call")
        verbose_name_plural = _("hook calls")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["source", "digest"], name="hook_call_once_per_body")]
        indexes = [
            models.Index(fields=["source", "id"], name="hook_call_of_source"),
            models.Index(fields=["state", "due_at"], name="hook_call_due"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event} {self.external_id}"


class VerificationStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    SAME = "ok", _("They agree")
    DIFFERENT = "different", _("They differ")
    FAILED = "failed", _("Failed")


class Verification(models.Model):
    """The desk and a service compared: counts and sums per kind and currency, every difference by id."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="verifications", verbose_name=_("source"))
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=VerificationStatus.choices, default=VerificationStatus.RUNNING
    )
    figures = models.JSONField(_("figures"), default=list, blank=True)
    differences = models.JSONField(_("differences"), default=list, blank=True)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("comparison")
        verbose_name_plural = _("comparisons")
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "id"], name="verification_of_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M} {self.status}"
