"""Internal comments and tags of a document (reference 4.0, 4.7). Proofs are pure."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from arapp.receivables.records import InvoiceRecord, text
from arapp.upstreams.base import Gone, Order
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.billomat.deciding import remark
from arapp.upstreams.billomat.mapping import WORDS
from arapp.upstreams.billomat.walks import key

if TYPE_CHECKING:
    from arapp.upstreams.billomat.client import Billomat


def comment(adapter: "Billomat", order: Order) -> None:
    """Never shown to the customer."""
    remark(adapter.writes, order, order.data["body"])


def tag(adapter: "Billomat", order: Order) -> None:
    """Add and take away what is not so yet; it may break off anywhere and begin again."""
    if order.subject.tags is None:
        raise Unfit(_("Our key may not read tags at Billomat; nothing was changed."))
    names = WORDS[order.document]
    singular = f"{names.singular}-tag"
    carried = {_plain(row.get("name")): key(row) for row in order.subject.detail["tags"]}
    for name in _named(order, "tags"):
        if _plain(name) not in carried:
            adapter.writes.make(f"{singular}s", singular, {names.parent: order.external_id, "name": name})
    for name in _named(order, "remove"):
        if _plain(name) in carried:
            with suppress(Gone):
                adapter.writes.remove(f"{singular}s", carried[_plain(name)])


def tagged(order: Order, record: InvoiceRecord) -> int:
    """Whether every tag is there that should be, and none that should not."""
    if record.tags is None:
        return 0
    carried = {_plain(tag.external_id) for tag in record.tags}
    wanted, unwanted = (set(map(_plain, _named(order, kind))) for kind in ("tags", "remove"))
    return int(wanted <= carried and not unwanted & carried)


def _named(order: Order, kind: str) -> list[str]:
    """The names under a key of the data, each once."""
    return list({_plain(name): name for name in order.data.get(kind, ())}.values())


def _plain(name: Any) -> str:
    """Tags that differ in case only are one."""
    return text(name).casefold()
