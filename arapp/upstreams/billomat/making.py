"""Making and changing clients, contacts and articles (reference 4.1 to 4.3). Each call can be repeated safely."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from arapp.upstreams.base import CUSTOMER, ITEM, Act, Gone, Order, Written
from arapp.upstreams.billomat import bodies, drafting, proofs
from arapp.upstreams.billomat.bodies import Unfit
from arapp.upstreams.billomat.choosing import TAX, UNIT
from arapp.upstreams.billomat.fields import identifier
from arapp.upstreams.billomat.references import finder

if TYPE_CHECKING:
    from arapp.upstreams.billomat.client import Billomat


def create_client(adapter: "Billomat", order: Order) -> Written:
    body = bodies.client(order.data) | {"customfield": order.reference}
    return Written(adapter.writes.make("clients", "client", body))


def update_client(adapter: "Billomat", order: Order) -> None:
    adapter.writes.change("clients", "client", order.external_id, bodies.client(order.data))


def create_contact(adapter: "Billomat", order: Order) -> None:
    """Not where our key could not see it afterwards: a lost answer would make it twice."""
    _contacts(order)
    body = {"client_id": identifier(order.external_id)} | bodies.contact(order.data)
    adapter.writes.make("contacts", "contact", body)


def update_contact(adapter: "Billomat", order: Order) -> None:
    if order.data["contact"] not in _contacts(order):
        raise _not_theirs()
    adapter.writes.change("contacts", "contact", order.data["contact"], bodies.contact(order.data))


def delete_contact(adapter: "Billomat", order: Order) -> None:
    """One that is nobody's any more is deleted already; another customer's is left alone."""
    contact = order.data["contact"]
    with suppress(Gone):
        if contact not in _contacts(order):
            adapter.calls.known("contacts", "contact", contact)
            raise _not_theirs()
        adapter.writes.remove("contacts", contact)


def _contacts(order: Order) -> list[str]:
    """The ids of the people at the customer, as just read. Unfit where our key may not read them."""
    if order.subject.contacts is None:
        raise Unfit(_("Our key may not read contacts at Billomat; nothing was sent."))
    return [person.external_id for person in order.subject.contacts]


def _not_theirs() -> Unfit:
    return Unfit(_("This customer has no such contact at Billomat; nothing was sent."))


def create_article(adapter: "Billomat", order: Order) -> Written:
    body = _article(adapter, order) | {"customfield": order.reference}
    return Written(adapter.writes.make("articles", "article", body))


def update_article(adapter: "Billomat", order: Order) -> None:
    adapter.writes.change("articles", "article", order.external_id, _article(adapter, order))


def _article(adapter: "Billomat", order: Order) -> dict[str, Any]:
    return bodies.article(order.data, adapter.choosing.of(UNIT), adapter.choosing.of(TAX))


MAKING: dict[str, Act] = {
    "customer.create": Act(create_client, makes=CUSTOMER, find=finder("clients", "client")),
    "customer.update": Act(update_client, proofs.client, once=True),
    "contact.create": Act(create_contact, proofs.contact_made),
    "contact.update": Act(update_contact, proofs.contact_changed, once=True),
    "contact.delete": Act(delete_contact, proved=True, repeatable=True),
    "item.create": Act(create_article, makes=ITEM, find=finder("articles", "article")),
    "item.update": Act(update_article, proofs.article, once=True),
    **drafting.DRAFTING,
}
