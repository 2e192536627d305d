"""The calls on invoices (sections 3, 6, 7 and 8)."""

from arapp.sandbox.base import Answer, Request

from . import fields, lists, shapes
from .answers import as_json, error, forbidden, host_of, json_object, not_found
from .multipart import uploaded_file
from .records import APPROVED, FINISHED, PAYMENT_TYPES, REJECTED, WAITING, Invoice
from .workspace import DECISIONS, Workspace

ACTIONS = {
    "approve": (APPROVED, "can_approve"),
    "reject": (REJECTED, "can_reject"),
    "remove-approval": (WAITING, "can_remove_approval"),
}
"""What each leads to, and the permission it takes."""
PARTICIPLES = {
    "can_update": "changed",
    "can_delete": "deleted",
    "can_approve": "approved",
    "can_reject": "rejected",
    "can_remove_approval": "taken back",
}


def listing(workspace: Workspace, request: Request) -> Answer:
    rows = lists.chosen_invoices(workspace, request)
    return lists.counted_page(workspace, request, rows, lambda row: shapes.list_row(workspace, row))


def create(workspace: Workspace, request: Request) -> Answer:
    invoice = workspace.upload(uploaded_file(request))
    return as_json(shapes.created(workspace, invoice, host_of(request)), 201)


def detail(workspace: Workspace, request: Request, uid: str) -> Answer:
    invoice = _invoice(workspace, uid)
    workspace.note_read(invoice)
    return as_json(shapes.detail_of(workspace, invoice, host_of(request)))


def update(workspace: Workspace, request: Request, uid: str) -> Answer:
    """A full replacement of the eight values; the other fields stay as they are (6.2)."""
    invoice = _invoice(workspace, uid)
    _demand(workspace, invoice, "can_update")
    values = fields.checked(json_object(request), _writable(workspace))
    for name, value in values.items():
        setattr(invoice, name.removesuffix("_uid"), value)
    workspace.remember(invoice, "updated", workspace.users[0])
    return as_json(shapes.detail_of(workspace, invoice, host_of(request)))


def delete(workspace: Workspace, request: Request, uid: str) -> Answer:
    _demand(workspace, _invoice(workspace, uid), "can_delete")
    workspace.remove(uid)
    return Answer(204)


def decide(workspace: Workspace, request: Request, uid: str, action: str) -> Answer:
    """Approve, reject or take either back. The body does not matter (A10)."""
    invoice = _invoice(workspace, uid)
    status, permission = ACTIONS[action]
    done = invoice.processing_status == FINISHED and invoice.approvement_status == status
    if not done or workspace.role != "admin":
        _demand(workspace, invoice, permission)
        invoice.approvement_status = status
        workspace.remember(invoice, DECISIONS[status], workspace.users[0])
    elif workspace.repeat_status != 200:
        return error(workspace.repeat_status, f"This invoice is {status} already.")
    return as_json(shapes.decided(workspace, invoice))


def _invoice(workspace: Workspace, uid: str) -> Invoice:
    if uid not in workspace.by_uid:
        raise not_found("Invoice")
    return workspace.by_uid[uid]


def _demand(workspace: Workspace, invoice: Invoice, permission: str) -> None:
    if workspace.permissions(invoice)[permission]:
        return
    finished = invoice.processing_status == FINISHED
    state = invoice.approvement_status if finished else invoice.processing_status
    raise forbidden(f"This invoice is {state} and cannot be {PARTICIPLES[permission]} with this key.")


def _writable(workspace: Workspace) -> dict[str, fields.Field]:
    def relation(things: dict) -> fields.Field:
        return fields.Field(fields.reference(things), required=False, nullable=workspace.null_relations)

    return {
        "total_price": fields.Field(fields.amount),
        "total_vat": fields.Field(fields.amount, nullable=True),
        "invoice_date": fields.Field(fields.day),
        "invoice_number": fields.Field(fields.text, nullable=True),
        "currency": fields.Field(fields.currency),
        "payment_type": fields.Field(fields.one_of("", *PAYMENT_TYPES), nullable=True),
        "company_uid": relation(workspace.companies),
        "card_uid": relation(workspace.cards),
    }


COLLECTION = {"GET": listing, "POST": create}
SINGLE = {"GET": detail, "PUT": update, "DELETE": delete}
