"""What people decided. An approval changes its state in ``_move`` alone, and each move leaves a decision."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now_
from django.utils.translation import gettext_lazy as _

from arapp.approvals import second_person
from arapp.approvals.batches import Batch, BatchRow
from arapp.approvals.effects import APPROVE, REJECT, REOPEN, Effect, effect_of, undecidable
from arapp.approvals.refusals import AlreadyDecided, BadNote, Doubled, NotAllowed, Refusal, Stale
from arapp.approvals.second_person import Person
from arapp.outbox.models import Intent, IntentState, decisions_told
from arapp.receivables import records, references
from arapp.receivables.duplicates import possible_duplicates
from arapp.receivables.models import Invoice, Source
from arapp.receivables.substance import changes_since

__all__ = ["Approval", "ApprovalState", "Batch", "BatchRow", "Decision", "Origin"]

Told = Mapping[str, Any] | None
NOTE_LIMIT = 2_000
TOLD_BY_PERSON = "told"
"""In place of the service's word: a person says that the service knows; any word of the next reading is news."""


class ApprovalState(models.TextChoices):
    WAITING = records.WAITING, _("Waiting")
    APPROVED = records.APPROVED, _("Approved")
    REJECTED = records.REJECTED, _("Rejected")


class Origin(models.TextChoices):
    DESK = "desk", _("At the desk")
    SERVICE = "service", _("Observed at the service")
    IMPORTED = "imported", _("Imported")
    SYSTEM = "system", _("By the desk itself")


class Action(models.TextChoices):
    APPROVE = APPROVE, _("Approved")
    REJECT = REJECT, _("Rejected")
    REOPEN = REOPEN, _("Reopened")


TARGETS = {APPROVE: ApprovalState.APPROVED, REJECT: ApprovalState.REJECTED, REOPEN: ApprovalState.WAITING}
ACTION_TO = {state: action for action, state in TARGETS.items()}


class Approvals(QuerySet["Approval"]):
    def catch_up(self, source: Source | None = None, invoice: Invoice | None = None) -> None:
        """Open what lacks an approval, take in what the services say, reopen what changed in substance.

        Derived from rows alone: it may run at any time and any number of times.
        """
        from arapp.approvals.catchup import catch_up

        catch_up(source, invoice)

    def issued(self, intent: Intent) -> None:
        """Record the decision of whose action has issued an invoice in one step.

        Repeated, or after another process has found the invoice issued, nothing is recorded twice.
        """
        from arapp.approvals.catchup import issued

        issued(intent)


class Approval(models.Model):
    """The state of one invoice's approval. ``digest`` is the substance that was decided on."""

    invoice = models.OneToOneField(
        Invoice, models.PROTECT, primary_key=True, related_name="approval", verbose_name=_("invoice")
    )
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState.choices, default=ApprovalState.WAITING)
    version = models.PositiveIntegerField(default=1, editable=False)
    digest = models.CharField(_("digest of what was decided on"), max_length=64, blank=True)
    service_word = models.CharField(_("the service's word last taken in"), max_length=12, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    origin = models.CharField(_("from where"), max_length=10, choices=Origin.choices, blank=True)

    objects = Approvals.as_manager()

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        indexes = [models.Index(fields=["state", "invoice"], name="approval_state")]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.get_state_display()}"

    def approve(
        self, person: Person, digest: str, note: str = "", told: Told = None, *, double_seen: bool = False
    ) -> "Decision":
        """Approve the content with this digest; stores the intent for the service. Raises a Refusal.

        ``told``: how the service is to issue it: ``method`` instead of the source's own, or a ``template``.
        ``double_seen``: the person has been told that it may be a duplicate, if it may; else Doubled is raised.
        """
        return self._decide(APPROVE, person, digest, note, told, double_seen)

    def reject(self, person: Person, digest: str, note: str) -> "Decision":
        """Reject the content with this digest; a note is required. Raises a Refusal."""
        if not note.strip():
            raise BadNote(_now_("A rejection needs a note that says why."))
        return self._decide(REJECT, person, digest, note)

    def reopen(self, person: Person, digest: str, note: str = "") -> "Decision":
        """Back to waiting. A decision that is not on its way yet is withdrawn. Raises a Refusal."""
        return self._decide(REOPEN, person, digest, note)

    def effect(self, action: str, method: str = "") -> Effect:
        """What the action would do at the service now; ``method`` in place of the source's delivery method."""
        if action == REOPEN and self.withdrawable:
            return Effect(_now_("Withdraw; the service has not been told yet"))
        return effect_of(action, self.invoice, method)

    @property
    def withdrawable(self) -> bool:
        """Whether the last decision is still here and can be taken back."""
        return any(intent.state == IntentState.PENDING for intent in decisions_told(self.invoice))

    def why_not(self, action: str, person: Person, method: str = "") -> str:
        """Why the person cannot take this action now; "" when they can. The same check the action itself makes."""
        try:
            self._check(action, person, method)
        except Refusal as refusal:
            return str(refusal)
        return ""

    def permissions(self, person: Person) -> dict[str, bool]:
        """The five permissions: by role, state and what the service allows."""
        prepares = person.can("prepare")
        editable = self.invoice.service_decision == records.WAITING and not self.invoice.gone_at
        flags = self.invoice.permissions or {"can_update": editable, "can_delete": editable}
        return {
            "can_update": prepares and bool(flags.get("can_update")),
            "can_delete": prepares and bool(flags.get("can_delete")),
            "can_approve": not self.why_not(APPROVE, person),
            "can_reject": not self.why_not(REJECT, person),
            "can_remove_approval": not self.why_not(REOPEN, person),
        }

    def _check(self, action: str, person: Person | None, method: str = "") -> Effect:
        if person is not None and not person.can("decide"):
            raise NotAllowed(_now_("Your role may not decide. An approver or a controller can."))
        if self.state == TARGETS[action] or (action != REOPEN and self.state != ApprovalState.WAITING):
            raise AlreadyDecided(self._winner())
        effect = self.effect(action, method)
        if action == REOPEN and self.withdrawable:
            return effect
        if action == APPROVE and (own := second_person.why_not(self.invoice, person)):
            raise NotAllowed(own)
        problem = undecidable(self.invoice) or effect.problem
        if problem:
            raise Refusal(problem)
        return effect

    def _decide(
        self, action: str, person: Person, digest: str, note: str, told: Told = None, double_seen: bool = False
    ) -> "Decision":
        told = dict(told or {})
        if len(note) > NOTE_LIMIT:
            raise BadNote(
                _now_("The note has %(length)d characters; at most %(limit)d fit.")
                % {"length": len(note), "limit": NOTE_LIMIT}
            )
        note, digest = note.replace("\x00", ""), digest if digest.isalnum() else ""
        self._check(action, person, told.get("method", ""))
        if digest != self.invoice.digest:
            raise self._stale(digest)
        if action == APPROVE and not double_seen and (doubles := possible_duplicates([self.pk])):
            raise Doubled(doubles[self.pk])
        return self._move(action, Origin.DESK, person=person, digest=digest, note=note, told=told)

    def observe(self, action: str, origin: str, at: datetime | None, note: str, digest: str) -> "Decision":
        """Take in a decision that nobody took at the desk. It tells the service nothing."""
        return self._move(action, origin, at=at, digest=digest, note=note)

    def issued_by(self, intent: Intent) -> "Decision":
        """Take in that a person's action has issued the invoice. It tells the service nothing more."""
        return self._move(APPROVE, Origin.DESK, person=intent.person, digest=self.invoice.digest)

    @transaction.atomic
    def _move(
        self,
        action: str,
        origin: str,
        *,
        person: Person | None = None,
        digest: str,
        note: str = "",
        at: datetime | None = None,
        told: Told = None,
    ) -> "Decision":
        """The only place where an approval changes its state: who comes second changes nothing and is told.

        The condition on (state, version) stands in the update itself. Joined into a subquery it would be judged
        by what was there before PostgreSQL waited for the other person's row lock.
        """
        moment = at if origin in (Origin.IMPORTED, Origin.SERVICE) else timezone.now()
        target, before = TARGETS[action], self.state
        same_content = Invoice.objects.filter(pk=OuterRef("pk"), digest=self.invoice.digest)
        moved = Approval.objects.filter(Exists(same_content), pk=self.pk, state=before, version=self.version).update(
            state=target,
            version=F("version") + 1,
            digest="" if target == ApprovalState.WAITING else digest,
            decided_by=person,
            decided_at=moment,
            origin=origin,
        )
        if not moved:
            raise self._lost(digest)
        intent = self._replace_intent(action, origin, person, digest, {"note": note, **(told or {})})
        decision = Decision.objects.create(
            approval=self,
            action=action,
            from_state=before,
            to_state=target,
            person=person,
            at=moment,
            note=note,
            digest=digest,
            origin=origin,
            intent=intent,
            alone=action == APPROVE and origin == Origin.DESK and bool(second_person.prepared(self.invoice, person)),
        )
        self.refresh_from_db()
        return decision

    def _replace_intent(
        self, action: str, origin: str, person: Person | None, digest: str, told: Mapping[str, Any]
    ) -> Intent | None:
        """Supersede what the service was not told yet, and store what it must hear now, if anything.

        The check before was made on what had been read then; a push may have carried the last decision out since.
        """
        taken_back = Intent.objects.take_back(self.invoice)
        self._check_nothing_under_way(origin)
        if origin != Origin.DESK:
            return None
        self.invoice.refresh_from_db(fields=["service_decision", "service_state", "state", "permissions"])
        effect = effect_of(action, self.invoice, told.get("method", ""))
        if effect.problem and not taken_back:
            raise Refusal(effect.problem)
        if not effect.kind:
            return None
        method = {"method": self.invoice.source.delivery_method}
        return Intent.objects.create(
            source=self.invoice.source,
            invoice=self.invoice,
            kind=effect.kind,
            data={key: value for key, value in (method | dict(told)).items() if value},
            digest=digest,
            reference=references.drawn(),
            person=person,
        )

    def _check_nothing_under_way(self, origin: str) -> None:
        """A further decision waits until the last one is settled, and one of ours until every action is."""
        unsettled = self.invoice.intents.unsettled()
        state = unsettled.decisions().values_list("state", flat=True).first()
        if state == IntentState.UNKNOWN:
            raise Refusal(_now_("Whether the last decision arrived is still being checked. Try again in a moment."))
        if state:
            raise Refusal(_now_("The last decision is being sent just now. Try again in a moment."))
        if origin == Origin.DESK and unsettled.exists():
            raise Refusal(_now_("Something else is still on its way for this invoice. Try again in a moment."))

    def _lost(self, digest: str) -> Refusal:
        self.refresh_from_db()
        self.invoice.refresh_from_db()
        if digest != self.invoice.digest:
            return self._stale(digest)
        return AlreadyDecided(self._winner())

    def _winner(self) -> str:
        """Who decided before, and when as far as that is known."""
        last = max(self.decisions.all(), key=lambda decision: decision.pk, default=None)
        if last is None:
            return _now_("This invoice is waiting; there is nothing to reopen.")
        facts = {
            "who": last.person or "",
            "action": last.get_action_display().lower(),
            "service": self.invoice.source.get_service_display(),
            "when": date_format(timezone.localtime(last.at or last.recorded_at), "SHORT_DATETIME_FORMAT"),
        }
        if last.origin == Origin.DESK:
            return _now_("%(who)s was first: %(action)s on %(when)s.") % facts
        if last.origin == Origin.IMPORTED:
            return _now_("It was %(action)s at %(service)s before the desk first read it.") % facts
        if last.origin == Origin.SERVICE:
            return _now_("It was %(action)s at %(service)s on %(when)s.") % facts
        return _now_("It was %(action)s by the desk itself on %(when)s: the document had changed.") % facts

    def _stale(self, digest: str) -> Stale:
        sentence = _now_("The invoice changed after you opened it. Look at it again before you decide.")
        return Stale(sentence, changes_since(self.invoice, digest))


class Decision(models.Model):
    """One move of an approval: who, when, from, to, why, about which content, from where."""

    approval = models.ForeignKey(Approval, models.PROTECT, related_name="decisions", verbose_name=_("approval"))
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    from_state = models.CharField(_("from"), max_length=10, choices=ApprovalState.choices)
    to_state = models.CharField(_("to"), max_length=10, choices=ApprovalState.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("person")
    )
    at = models.DateTimeField(_("at"), null=True, blank=True, help_text=_("Empty when the service gives no date."))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    note = models.TextField(_("note"), blank=True)
    digest = models.CharField(_("digest"), max_length=64, blank=True)
    origin = models.CharField(_("from where"), max_length=10, choices=Origin.choices)
    alone = models.BooleanField(
        _("by one person alone"), default=False, help_text=_("The source allowed it without a second person.")
    )
    intent = models.ForeignKey(
        Intent, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("intent")
    )

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["approval", "id"], name="decision_of_approval"),
            models.Index(Coalesce("at", "recorded_at").desc(), F("id").desc(), name="decision_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.approval_id}"
