"""The calls that make, correct and delete (sections 6 and 12.1). Each step may be repeated."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from arapp.receivables.records import INVOICE, CustomerRecord, InvoiceRecord, mapping
from arapp.upstreams.base import INVOICES, Gone, NotReady, Order, Written
from arapp.upstreams.billover import forms
from arapp.upstreams.billover.calls import COMPANY_LIST, INVOICE_LIST, demand, path_of, told
from arapp.upstreams.billover.mapping import FAILED, FINISHED, created_at_of, uid_of
from arapp.upstreams.billover.parts import plain
from arapp.upstreams.http import LostAnswer, Rejected

if TYPE_CHECKING:
    from arapp.upstreams.billover.client import Billover

RELATIONS = ("company_uid", "card_uid")
"""The keys that may be left out where null is refused (6.2)."""
CLOCKS_APART = timedelta(minutes=5)
"""BillOver's clock may be behind ours by so much."""


def make_company(billover: "Billover", order: Order) -> Written:
    """Rejected where there is such a company that says something else: nobody would see what was dropped."""
    body = forms.company_body(forms.changed({}, order.data))
    if known := _known_companies(billover, body):
        sentence = _("BillOver has this company already (%(name)s); change that one.")
        raise Rejected(409, sentence % {"name": plain(known[0].get("name"))})
    return Written(_made(told(billover.http, "POST", COMPANY_LIST, json_body=body)))


def find_company(billover: "Billover", order: Order) -> str:
    """One that says all that is asked for: creating the same twice would make two (12.1)."""
    known = _known_companies(billover, forms.company_body(forms.changed({}, order.data)))
    return next((uid_of(entry) for entry in known if forms.says(entry, order.data)), "")


def _known_companies(billover: "Billover", body: Mapping[str, str]) -> list[Mapping[str, Any]]:
    """Those of the same tax number; where there are none, those of the same name."""
    found = [mapping(entry) for words in forms.searches(body) for entry in billover.companies_with(words)]
    named = [entry for entry in found if uid_of(entry)]
    same = [entry for entry in named if forms.same_number(entry, body)]
    return same or [entry for entry in named if forms.same_name(entry, body)]


def change_company(billover: "Billover", order: Order) -> None:
    now: CustomerRecord = order.subject
    permissions = mapping((now.payload or {}).get("permissions"))
    demand(permissions, "can_update", _("BillOver does not let this customer be changed."))
    body = forms.changed_body(now.payload or {}, order.data)
    told(billover.http, "PUT", path_of(COMPANY_LIST, order.external_id), json_body=body)


def upload(billover: "Billover", order: Order) -> Written | None:
    """First the file; then, once BillOver has read it, the values it is to have (14.4)."""
    if not order.result_id:
        file = order.files[order.data["file"]]
        part = {"file": (file.filename, file.content, file.content_type)}
        return Written(_made(told(billover.http, "POST", INVOICE_LIST, files=part)), more=True)
    now = billover.detail(INVOICE, order.result_id)
    _must_be_read(now.processing)
    if not forms.shows_values(order, now):
        _correct(billover, now, order)
    return None


def find_upload(billover: "Billover", order: Order) -> str:
    """The oldest invoice since the first try whose file is ours byte for byte; no other key tells it (6.1).

    Of two of the same file only one can be ours: what is known to be something else is passed over.
    """
    if order.tried_since is None:
        return ""
    since = order.tried_since - CLOCKS_APART
    entries = [entry for page in billover.pages(INVOICES, since) for entry in page.entries]
    newer = [uid_of(entry) for entry in entries if (at := created_at_of(entry)) and at >= since]
    free = [uid for uid in reversed(newer) if uid not in order.taken]
    wanted = hashlib.sha256(order.files[order.data["file"]].content).digest()
    return next((uid for uid in free if _digest(billover, uid) == wanted), "")


def correct(billover: "Billover", order: Order) -> None:
    _correct(billover, order.subject, order)


def remove(billover: "Billover", order: Order) -> None:
    """Gone, which is what was asked for, where it is not there any more (6.3)."""
    demand(order.subject.permissions, "can_delete", _("BillOver does not let this invoice be deleted."))
    try:
        told(billover.http, "DELETE", path_of(INVOICE_LIST, order.external_id))
    except Rejected as error:
        if error.status == 404:
            raise Gone(_("BillOver no longer has this invoice.")) from error
        raise


def _made(answer: Mapping[str, Any]) -> str:
    """The uid of what was made. LostAnswer where the answer does not tell: it is looked for."""
    if uid := uid_of(answer):
        return uid
    raise LostAnswer(_("BillOver did not say what it made; that is being checked."))


def _digest(billover: "Billover", uid: str) -> bytes:
    try:
        return hashlib.sha256(billover.document(INVOICE, uid).content).digest()
    except Gone:
        return b""


def _must_be_read(processing: str | None) -> None:
    """A word we do not know is still in progress (section 7); how long is waited is not ours to say."""
    if processing == FAILED:
        raise Rejected(422, _("BillOver could not read the file. Delete this invoice and upload a clearer file."))
    if processing != FINISHED:
        raise NotReady(_("BillOver is still reading the file."))


def _correct(billover: "Billover", now: InvoiceRecord, order: Order) -> None:
    demand(now.permissions, "can_update", _("BillOver does not let this invoice be changed."))
    path = path_of(INVOICE_LIST, now.external_id)
    body = forms.invoice_body({**(now.form or {}), **order.data})
    try:
        told(billover.http, "PUT", path, json_body=body)
    except Rejected as error:
        unwelcome = {key for key in RELATIONS if body[key] is None and key in error.words}
        if error.status != 400 or not unwelcome:
            raise
        rest = {key: value for key, value in body.items() if key not in unwelcome}
        told(billover.http, "PUT", path, json_body=rest)
