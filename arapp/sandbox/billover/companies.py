"""The calls on companies (12.1)."""

from typing import Any

from arapp.sandbox.base import Answer, Request

from . import fields, lists, shapes
from .answers import as_json, forbidden, json_object, not_found
from .records import Company
from .workspace import Workspace

WRITABLE = {"name": fields.Field(fields.name)} | {
    name: fields.Field(fields.text) for name in ("address", "tax_number", "tax_office", "phone")
}
"""All required as keys; only the name may not be blank."""


def listing(workspace: Workspace, request: Request) -> Answer:
    words = lists.searched(request)
    rows = [item for item in reversed(workspace.companies.values()) if lists.company_matches(words, item)]
    in_use = _in_use(workspace)
    return lists.linked_page(workspace, request, rows, lambda row: shapes.company(workspace, row, in_use))


def create(workspace: Workspace, request: Request) -> Answer:
    """Twice the same makes two companies."""
    values = fields.checked(json_object(request), WRITABLE)
    now = workspace.now()
    uid, hf_id = workspace.new_uid(), workspace.new_label("company")
    company = Company(uid, hf_id, created_at=now, updated_at=now, **values)
    workspace.companies[company.uid] = company
    return as_json(_shape(workspace, company), 201)


def detail(workspace: Workspace, request: Request, uid: str) -> Answer:
    return as_json(_shape(workspace, _company(workspace, uid)))


def update(workspace: Workspace, request: Request, uid: str) -> Answer:
    company = _company(workspace, uid)
    for name, value in fields.checked(json_object(request), WRITABLE).items():
        setattr(company, name, value)
    company.updated_at = workspace.now()
    return as_json(_shape(workspace, company))


def delete(workspace: Workspace, request: Request, uid: str) -> Answer:
    """A company that an invoice names stays, and its ``can_delete`` says so."""
    if not _shape(workspace, _company(workspace, uid))["permissions"]["can_delete"]:
        raise forbidden("This company cannot be deleted.")
    del workspace.companies[uid]
    return Answer(204)


def _company(workspace: Workspace, uid: str) -> Company:
    if uid not in workspace.companies:
        raise not_found("Company")
    return workspace.companies[uid]


def _shape(workspace: Workspace, company: Company) -> dict[str, Any]:
    return shapes.company(workspace, company, _in_use(workspace))


def _in_use(workspace: Workspace) -> set[str]:
    return {invoice.company.uid for invoice in workspace.by_uid.values() if invoice.company}


COLLECTION = {"GET": listing, "POST": create}
SINGLE = {"GET": detail, "PUT": update, "DELETE": delete}
