"""Billomat's lists and single objects over HTTP, and what its refusals mean (reference sections 2.5 to 2.8)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from arapp.upstreams.base import Gone, WrongCredentials
from arapp.upstreams.billomat.walks import Fetch, key, whole
from arapp.upstreams.billomat.wire import Rows, envelope, many, single
from arapp.upstreams.http import BadAnswer, Http, Rejected

PER_PAGE = 500
"""At most 1000 (2.5); half of it leaves room for long texts in one answer."""

Query = Sequence[tuple[str, str]]

OLDEST_FIRST = ("order_by", "id ASC")
"""Insertions land at the end, so that a walk is stable (9); the space goes out as ``+``, never as ``%2B`` (2.5)."""
LAST_CHANGED_FIRST = ("order_by", "updated DESC")
NEWEST_FIRST = ("order_by", "id DESC")


def words(status: int, body: Any) -> str:
    """The text of an error body: one message or several (2.8). "" where the body is none."""
    errors = body.get("errors") if isinstance(body, Mapping) else None
    found = many(errors.get("error")) if isinstance(errors, Mapping) else []
    return "; ".join(message for message in found if isinstance(message, str))


def path_of(plural: str, external_id: str, action: str = "") -> str:
    return f"/{plural}/{quote(external_id, safe='')}" + (f"/{action}" if action else "")


def _unknown(singular: str) -> str:
    """The sentence for an ``id`` that Billomat does not know; it names what was asked for."""
    sentences = {
        "article": _("Billomat has no article with the id %(id)s."),
        "contact": _("Billomat has no contact with the id %(id)s."),
        "client": _("Billomat has no client with the id %(id)s."),
        "invoice": _("Billomat has no invoice with the id %(id)s."),
        "credit-note": _("Billomat has no credit note with the id %(id)s."),
        "reminder": _("Billomat has no reminder with the id %(id)s."),
    }
    return sentences[singular]


class Calls:
    """Reads from one account; ``user`` is its Billomat id, for sentences."""

    def __init__(self, http: Http, user: str) -> None:
        self.http, self.user = http, user

    def one(self, path: str, name: str, query: Query = ()) -> Mapping[str, Any]:
        """One object in its wrapper."""
        return single(self.http.get(path, query).object(), name)

    def known(self, plural: str, singular: str, external_id: str) -> Mapping[str, Any]:
        """One object by id. Gone when there is none, BadAnswer when it is another one."""
        try:
            found = self.one(path_of(plural, external_id), singular)
        except Rejected as refusal:
            self.check_key(refusal)
            if refusal.status == 404:
                raise Gone(_unknown(singular) % {"id": external_id}) from refusal
            raise
        if key(found) not in ("", external_id):
            raise BadAnswer(_("The service answered with something else than what was asked for."))
        return found

    def check_key(self, refusal: Rejected) -> None:
        """A 401 for one id means another account's id (2.8). WrongCredentials when it is the key after all."""
        if refusal.status == 401:
            self.proof("/users/myself", "user")
        self._check_account(refusal)

    def proof(self, path: str, name: str) -> Mapping[str, Any]:
        """An object that every key may read. WrongCredentials when the key or the Billomat id is not known."""
        try:
            return self.one(path, name)
        except Rejected as refusal:
            raise self.judged(refusal) from refusal

    def judged(self, refusal: Rejected) -> Rejected | WrongCredentials:
        """A refusal of a call that names no foreign id: with 401 it is the key (2.8)."""
        if refusal.status == 401:
            sentence = _("Billomat does not accept the key for the account “%(user)s”.")
            return WrongCredentials(sentence % {"user": self.user})
        try:
            self._check_account(refusal)
        except WrongCredentials as wrong:
            return wrong
        return refusal

    def _check_account(self, refusal: Rejected) -> None:
        if refusal.status == 404 and "account not found" in refusal.words.lower():
            raise WrongCredentials(_("Billomat has no account “%(user)s”.") % {"user": self.user}) from refusal

    def lister(self, plural: str, singular: str, *query: tuple[str, str]) -> Fetch:
        """What gets the pages of a list."""

        def fetch(page: int) -> Rows:
            asked = (("page", str(page)), ("per_page", str(PER_PAGE)), *query)
            try:
                return envelope(self.http.get(f"/{plural}", asked).object(), plural, singular, page)
            except Rejected as refusal:
                raise self.judged(refusal) from refusal

        return fetch

    def everything(self, plural: str, singular: str, *query: tuple[str, str]) -> list[Any]:
        """All rows of a list."""
        pages: Iterator[Rows] = whole(self.lister(plural, singular, OLDEST_FIRST, *query), PER_PAGE, set())
        return [entry for rows in pages for entry in rows.entries]

    def parts(self, document: str, part: str, parent: str, external_id: str) -> list[Any]:
        """All rows of one of a document's own resources, such as ``invoice-items`` (4.0).

        BadAnswer when rows of others are among them: a filter that is not understood is passed over silently (2.6).
        """
        singular = f"{document}-{part}"
        found = self.everything(f"{singular}s", singular, (parent, external_id))
        owners = {str(row[parent]) for row in found if isinstance(row, Mapping) and row.get(parent)}
        if owners - {external_id}:
            raise BadAnswer(_("Billomat answered with %(parts)s of other documents.") % {"parts": f"{singular}s"})
        return found
