"""The PDFs of documents and of what went out under them (reference 4.4, 4.9)."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.records import text
from arapp.upstreams.base import Document, Gone, NotReady
from arapp.upstreams.billomat.calls import Calls, path_of
from arapp.upstreams.billomat.mapping import WORDS
from arapp.upstreams.http import BadAnswer, Rejected

TYPES = ("print", "signed")
"""Without the letterhead, and with the signature that was uploaded."""
PAPERS = {
    "reminder": ("reminders", "reminder"),
    **{kind: (names.plural, names.singular) for kind, names in WORDS.items()},
}
"""By what stands ahead of the colon in a paper's id, and by kind of document: the words for paths and wrappers."""


def pdf(calls: Calls, kind: str, external_id: str, variant: str) -> Document:
    """The document's PDF, or its variant: one of ``TYPES``, or a paper such as ``reminder:12``.

    NotReady for a draft, whose PDF Billomat makes on completion (6.1). Gone when there is no such variant.
    """
    kind, external_id, query = _asked(kind, external_id, variant)
    plural, singular = PAPERS[kind]
    try:
        found = calls.one(path_of(plural, external_id, "pdf"), "pdf", query)
    except Rejected as refusal:
        calls.check_key(refusal)
        if refusal.status not in (400, 404):
            raise
        raise _missing(calls.known(plural, singular, external_id), variant) from refusal
    filename = text(found.get("filename")) or f"{singular}_{external_id}.pdf"
    return Document(_decoded(found), "application/pdf", filename)


def _asked(kind: str, external_id: str, variant: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Whose PDF it is, and what of it. Gone for a variant that Billomat has not."""
    if variant in TYPES:
        return kind, external_id, [("type", variant)]
    paper, colon, paper_id = variant.partition(":")
    if colon and paper in PAPERS:
        return paper, paper_id, []
    if variant:
        raise Gone(_("Billomat has no version of this document that is called “%(name)s”.") % {"name": variant})
    return kind, external_id, []


def _missing(row: Mapping[str, Any], variant: str) -> Gone | NotReady:
    if row.get("status") == "DRAFT":
        return NotReady(_("A draft has no PDF yet; Billomat makes it when the draft is completed."))
    if variant in TYPES:
        return Gone(_("Billomat has no such version of this document."))
    return NotReady(_("Billomat has no PDF of this document yet."))


def _decoded(found: Mapping[str, Any]) -> bytes:
    try:
        content = base64.b64decode("".join(text(found.get("base64file")).split()).encode(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadAnswer(_("Billomat's PDF cannot be decoded.")) from error
    if not content:
        raise NotReady(_("Billomat has not made the PDF yet."))
    return content
