"""Sending what is issued: by e-mail, as a letter, with a signature (reference 3.3, 4.4)."""

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from arapp.receivables.records import InvoiceRecord
from arapp.upstreams.base import Order
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.billomat.calls import path_of
from arapp.upstreams.billomat.mapping import WORDS

if TYPE_CHECKING:
    from arapp.upstreams.billomat.client import Billomat

PDF = "application/pdf"
RECEIVERS = ("to", "cc", "bcc")
WORDING = {"from": "from", "subject": "subject", "body": "body", "filename": "filename"} | {
    "template": "email_template_id"
}
"""What we call the parts of an e-mail, and what Billomat does. Those left out come from its templates (3.3)."""


def email(adapter: "Billomat", order: Order) -> None:
    """The PDF is attached always; there is no switch for it (3.3)."""
    adapter.writes.act("POST", _path(order, "email"), {"email": message(order)})


def letter(adapter: "Billomat", order: Order) -> None:
    """By Billomat's letter post, which costs money (10)."""
    adapter.writes.act("POST", _path(order, "mail"), {"mail": postage(order)})


def sign(adapter: "Billomat", order: Order) -> None:
    """A signed PDF beside Billomat's own; refused for a draft."""
    if order.files[order.data["file"]].content_type != PDF:
        raise Unfit(_("The signed version has to be a PDF; nothing was sent."))
    signature = {"base64file": _encoded(order, order.data["file"])}
    adapter.writes.act("PUT", _path(order, "upload-signature"), {"signature": signature})


def _path(order: Order, action: str) -> str:
    return path_of(WORDS[order.document].plural, order.external_id, action)


def message(order: Order) -> dict[str, Any]:
    """The e-mail as Billomat takes it."""
    recipients = {name: list(order.data[name]) for name in RECEIVERS if order.data.get(name)}
    wording = {theirs: order.data[ours] for ours, theirs in WORDING.items() if ours in order.data}
    return {"recipients": recipients} | wording | _attachments(order)


def postage(order: Order) -> dict[str, Any]:
    """How a letter is printed; what is left out is Billomat's to choose (4.4)."""
    printed = {name: int(order.data[name]) for name in ("color", "duplex") if name in order.data}
    paper = {"paper_weight": order.data["paper_weight"]} if "paper_weight" in order.data else {}
    return printed | paper | _attachments(order)


def _attachments(order: Order) -> dict[str, Any]:
    found = [_attachment(order, name) for name in order.data.get("attachments", ())]
    return {"attachments": {"attachment": found}} if found else {}


def _attachment(order: Order, name: str) -> dict[str, str]:
    file = order.files[name]
    return {"filename": file.filename, "mimetype": file.content_type, "base64file": _encoded(order, name)}


def _encoded(order: Order, name: str) -> str:
    return base64.b64encode(order.files[name].content).decode()


def told(*actions: str) -> Callable[[Order, InvoiceRecord], int]:
    """How many of the document's comments are of these kinds (5.4)."""

    def shows(order: Order, record: InvoiceRecord) -> int:
        return sum(event.kind in actions for event in record.events or ())

    return shows
