"""Making, changing and deleting drafts (reference 4.4, 4.5, 6.1). Whatever broke off begins again where it stands."""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from arapp.receivables.records import DRAFT, INVOICE
from arapp.upstreams.base import Act, Order, Written
from arapp.upstreams.billomat import bodies, proofs
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.billomat.choosing import TAX
from arapp.upstreams.billomat.demands import standing
from arapp.upstreams.billomat.fields import DOCUMENT, LINE, Data, identifier, told
from arapp.upstreams.billomat.mapping import WORDS, Words
from arapp.upstreams.billomat.noting import tag
from arapp.upstreams.billomat.parts import in_order
from arapp.upstreams.billomat.references import finder
from arapp.upstreams.billomat.walks import key

if TYPE_CHECKING:
    from arapp.upstreams.billomat.client import Billomat


def create(adapter: "Billomat", order: Order) -> Written:
    """The draft with its items; tags are resources of their own and follow in a second step."""
    if order.made is None:
        body = bodies.invoice(order.data, order.reference, adapter.choosing.of(TAX))
        return Written(adapter.writes.make("invoices", "invoice", body), more=bool(order.data.get("tags")))
    with standing(_("The draft is made; its tags are still missing.")):
        tag(adapter, replace(order, document=INVOICE, external_id=order.result_id, subject=order.made))
    return Written(order.result_id)


def update(adapter: "Billomat", order: Order) -> None:
    """First the document, then its items one by one: those inside a document are ignored there (4.0)."""
    _demand_draft(order)
    if order.data.get("free_text"):
        raise Unfit(_("Billomat fills in a free text when an invoice is made, not afterwards."))
    names = WORDS[order.document]
    if proofs.differing_head(order, order.subject):
        adapter.writes.change(names.plural, names.singular, order.external_id, told(DOCUMENT, order.data))
    if not proofs.lines_shown(order.data, order.subject.form):
        _change_items(adapter, order, names)


def delete(adapter: "Billomat", order: Order) -> None:
    """Finished documents are never deleted; some accounts would let us (6.1)."""
    _demand_draft(order)
    adapter.writes.remove(WORDS[order.document].plural, order.external_id)


def _demand_draft(order: Order) -> None:
    if order.subject.state != DRAFT:
        raise Unfit(_("Only a draft can be changed or deleted; it is issued already."))


def _change_items(adapter: "Billomat", order: Order, names: Words) -> None:
    """Positions cannot be set, and new items land at the end (4.0): each is made what should stand in its place."""
    singular = f"{names.singular}-item"
    there = [key(item) for item in in_order(order.subject.detail["items"])]
    wanted, forms = order.data["lines"], order.subject.form["lines"]
    for external_id, line, form in zip(there, wanted, forms, strict=False):
        if not proofs.line_shown(line, form):
            adapter.writes.change(f"{singular}s", singular, external_id, _item(adapter, _filled(adapter, line)))
    for line in wanted[len(there) :]:
        parent = {names.parent: identifier(order.external_id)}
        adapter.writes.make(f"{singular}s", singular, parent | _item(adapter, line))
    for external_id in there[len(wanted) :]:
        adapter.writes.remove(f"{singular}s", external_id)


def _item(adapter: "Billomat", line: Data) -> dict[str, object]:
    return bodies.line(line, adapter.choosing.of(TAX))


def _filled(adapter: "Billomat", line: Data) -> Data:
    """An article is copied into an item on create alone (4.0); over another item everything is told."""
    known = line.get("item") and not LINE.keys() - {"vat_name", "discount"} <= line.keys()
    return bodies.whole_line(line, adapter.item(line["item"]).form if known else {})


DRAFTING = {
    "invoice.create": Act(create, proofs.made_with_tags, makes=INVOICE, find=finder("invoices", "invoice")),
    "invoice.update": Act(update, proofs.document, once=True),
    "invoice.delete": Act(delete, removes=True),
}
