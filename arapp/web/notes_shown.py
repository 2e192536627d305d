"""The notes on an invoice or a customer that never leave the desk, and the form for one more."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arapp.kept.models import KeptComment
from arapp.people.models import PREPARE, User
from arapp.receivables.models import Customer, Invoice
from arapp.web.shown import whole

LONGEST = 2_000
"""Characters of a note."""


@dataclass(frozen=True)
class Note:
    comment: KeptComment
    mine: bool
    """The reader wrote it and may delete it."""


@dataclass(frozen=True)
class Notes:
    """What ``notes/_notes.html`` shows. ``typed`` and ``problem`` are of a note that was not taken."""

    subject: Invoice | Customer
    rows: list[Note]
    url: str
    writes: bool
    token: str
    typed: str = ""
    problem: str = ""

    @property
    def home(self) -> str:
        """The page of what the notes are on."""
        return self.url.removesuffix("notes/")


def notes_of(subject: Invoice | Customer, person: User, token: str = "", **form: str) -> dict[str, Any]:
    """The context of ``notes/_notes.html``, newest first. ``form``: ``typed`` and ``problem``."""
    comments = subject.kept_comments.all()
    if "kept_comments" not in getattr(subject, "_prefetched_objects_cache", {}):
        comments = comments.select_related("person")
    writes = person.can(PREPARE)
    rows = [Note(one, writes and one.person_id == person.pk) for one in comments]
    return {"notes": Notes(subject, rows, notes_url(subject), writes, token or str(uuid4()), **form)}


def notes_url(subject: Invoice | Customer) -> str:
    name = "invoice_notes" if isinstance(subject, Invoice) else "customer_notes"
    return reverse(name, args=[subject.pk])


def read_note(text: str) -> str:
    """What was typed, as it is kept."""
    return text.replace("\r\n", "\n").replace("\x00", "").strip()


def read_token(text: str) -> UUID:
    """The token of the form; a new one for a form without."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def problem_with(text: str) -> str:
    """Why the note is not taken; "" when nothing stands against it."""
    if not text:
        return _("Write something first.")
    if len(text) > LONGEST:
        words = ngettext(
            "The note is %(over)s character too long; at most %(most)s fit.",
            "The note is %(over)s characters too long; at most %(most)s fit.",
            len(text) - LONGEST,
        )
        return words % {"over": whole(len(text) - LONGEST), "most": whole(LONGEST)}
    return ""
