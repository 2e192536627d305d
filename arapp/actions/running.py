"""One action from beginning to end, as the command line does it: found, checked, stored, carried out, answered."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from arapp.actions import carrying
from arapp.actions.doing import check, store
from arapp.actions.fields import Invalid
from arapp.actions.reads import fetch
from arapp.actions.sentences import warnings
from arapp.actions.table import CUSTOMER, DECISIONS, INVOICE, ITEM, Action
from arapp.actions.uploads import with_files_kept
from arapp.actions.wishes import Refused, Subject, Wish
from arapp.outbox.models import UNSETTLED, Intent, IntentState
from arapp.people.models import User
from arapp.receivables.models import Customer, Invoice, Item, Source
from arapp.receivables.personal import without_personal_numbers
from arapp.upstreams.base import Document, NotReady
from arapp.upstreams.details import read_now
from arapp.upstreams.http import Failure

DONE, FAILED, ON_ITS_WAY = 0, 1, 3
INVALID_DATA, REFUSED, TOO_EARLY = "invalid", "refused", "pending"
MAKING = (".create", ".upload", ".credit")
"""Ends of the names of actions that answer with what they made."""
MODELS: dict[str, type[Invoice] | type[Customer] | type[Item]] = {INVOICE: Invoice, CUSTOMER: Customer, ITEM: Item}


@dataclass(frozen=True)
class Call:
    """What was asked for at the command line."""

    action: Action
    source: Source
    external_id: str
    document: str
    data: Any
    person: User | None
    output: str
    patience: float


@dataclass(frozen=True)
class Answer:
    """In the words of ``act --json``; ``code`` is the exit code."""

    state: str
    code: int
    intent: int | None = None
    external_id: str = ""
    error: str = ""
    file: str = ""
    warnings: tuple[str, ...] = ()
    """Sentences that stand in the way of nothing."""

    def as_json(self) -> dict[str, Any]:
        found = {"intent": self.intent, "state": self.state, "external_id": self.external_id, "error": self.error}
        return found | ({"file": self.file} if self.file else {})


def run(call: Call) -> Answer:
    """Never raises for what a person, the desk or the service refuses. OSError when a file cannot be written."""
    try:
        wish = _wish(call)
        if call.action.reads:
            return _read(call, wish)
        warned = tuple(warnings(wish))
        return replace(_answer(call, carrying.carry_out(store(wish), call.patience)), warnings=warned)
    except Invalid as invalid:
        return Answer(INVALID_DATA, FAILED, None, call.external_id, without_personal_numbers(str(invalid)))
    except (Refused, Failure) as refused:
        return Answer(REFUSED, FAILED, None, call.external_id, without_personal_numbers(str(refused)))


def _wish(call: Call) -> Wish:
    subject = _subject(call)
    if isinstance(subject, Invoice) and not call.action.kept_at(call.source.service):
        read_now(subject)
    digest = subject.digest if isinstance(subject, Invoice) and call.action.name in DECISIONS else ""
    data = with_files_kept(call.action, call.data, call.person)
    return check(call.action, call.source, subject, data, call.person, digest)


def _subject(call: Call) -> Subject:
    if not call.action.concerns:
        return None
    kind = {"kind": call.document} if call.action.concerns == INVOICE else {}
    rows = MODELS[call.action.concerns].objects.select_related("source")
    found = rows.filter(source=call.source, external_id=call.external_id, **kind).first()
    if found is None:
        names = {"source": call.source, "id": call.external_id}
        raise Refused(_("The desk knows no “%(id)s” at %(source)s; it may have to be read first (sync).") % names)
    return found


def _answer(call: Call, intent: Intent) -> Answer:
    concerned = intent.subject.external_id if intent.subject else ""
    made = intent.result_id if call.action.name.endswith(MAKING) else ""
    return Answer(
        state=str(intent.state),
        code=code_of(intent),
        intent=intent.pk,
        external_id=made or concerned,
        error=without_personal_numbers(intent.error),
    )


def code_of(intent: Intent) -> int:
    """What needs a person after a write of which nobody knows whether it arrived is unknown, not failed."""
    if intent.state == IntentState.DONE:
        return DONE
    in_doubt = intent.state == IntentState.NEEDS_PERSON and intent.written_at is not None
    return ON_ITS_WAY if in_doubt or intent.state in UNSETTLED else FAILED


def _read(call: Call, wish: Wish) -> Answer:
    until = time.monotonic() + call.patience
    for pause in carrying.pauses():
        try:
            document = fetch(wish)
        except NotReady as error:
            left = until - time.monotonic()
            if left <= 0:
                return Answer(TOO_EARLY, ON_ITS_WAY, None, call.external_id, str(error))
            carrying.nap(min(pause, left))
        else:
            return Answer("done", DONE, None, call.external_id, "", _written(document, call.output))
    raise AssertionError("pauses never end")


def _written(document: Document, output: str) -> str:
    """Where the file is now. One that is not named by ``output`` takes the place of no other."""
    if output:
        Path(output).write_bytes(document.content)
        return output
    name = Path(Path(document.filename).name or "document")
    for n in range(1, 1000):
        path = name if n == 1 else name.with_stem(f"{name.stem}-{n}")
        try:
            with path.open("xb") as file:
                file.write(document.content)
        except FileExistsError:
            continue
        return str(path)
    raise OSError(_("There are too many files of this name here."))
