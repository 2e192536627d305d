"""The calls on cards (12.2). Deleting is not a documented call."""

from arapp.sandbox.base import Answer, Request

from . import fields, lists, shapes
from .answers import as_json, json_object, not_found
from .records import Card
from .workspace import Workspace

WRITABLE = {
    name: fields.Field(fields.text, required=False, missing="") for name in ("first_four_digits", "last_four_digits")
}


def listing(workspace: Workspace, request: Request) -> Answer:
    words = lists.searched(request)
    rows = [item for item in reversed(workspace.cards.values()) if lists.card_matches(words, item)]
    return lists.linked_page(workspace, request, rows, lambda row: shapes.card(workspace, row))


def create(workspace: Workspace, request: Request) -> Answer:
    """The same digits again give back the card there is; the answer shows no permissions."""
    values = fields.checked(json_object(request), WRITABLE)
    for card in workspace.cards.values():
        if all(getattr(card, name) == value for name, value in values.items()):
            return as_json(shapes.bare_card(card))
    card = Card(workspace.new_uid(), workspace.new_label("card"), workspace.now(), **values)
    workspace.cards[card.uid] = card
    return as_json(shapes.bare_card(card), 201)


def detail(workspace: Workspace, request: Request, uid: str) -> Answer:
    return as_json(shapes.card(workspace, _card(workspace, uid)))


def update(workspace: Workspace, request: Request, uid: str) -> Answer:
    card = _card(workspace, uid)
    for name, value in fields.checked(json_object(request), WRITABLE).items():
        setattr(card, name, value)
    return as_json(shapes.card(workspace, card))


def _card(workspace: Workspace, uid: str) -> Card:
    if uid not in workspace.cards:
        raise not_found("Card")
    return workspace.cards[uid]


COLLECTION = {"GET": listing, "POST": create}
SINGLE = {"GET": detail, "PUT": update}
