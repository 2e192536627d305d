"""Which call does what (reference sections 4 to 12)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from arapp.sandbox.base import Answer, Request

from . import billograms, customers, events, extras, fields, items, lists, pdf, settings
from .account import Account
from .commands import COMMANDS
from .lists import Listing
from .sums import ZERO
from .wire import Refused, body_of, not_found, ok

Handler = Callable[..., Answer]
CENTS = Decimal("0.01")


def _listed(rows: Any, request: Request, listing: Listing) -> Answer:
    page, size = lists.page_size(request, listing)
    found = lists.chosen(rows, request, listing)
    return ok(lists.page_of(found, page, size), {"total_count": len(found)})


def list_customers(account: Account, request: Request) -> Answer:
    return _listed(account.customers.values(), request, customers.LISTING)


def create_customer(account: Account, request: Request) -> Answer:
    return ok(customers.create(account, body_of(request)))


def show_customer(account: Account, request: Request, number: str) -> Answer:
    return ok(account.customer(number))


def update_customer(account: Account, request: Request, number: str) -> Answer:
    return ok(customers.update(account, account.customer(number), body_of(request)))


def show_einvoice(account: Account, request: Request, number: str) -> Answer:
    return ok(customers.einvoice(account, account.customer(number)))


def register_einvoice(account: Account, request: Request, number: str) -> Answer:
    return ok(customers.register_einvoice(account, account.customer(number), body_of(request)))


def list_items(account: Account, request: Request) -> Answer:
    return _listed(account.items.values(), request, items.LISTING)


def create_item(account: Account, request: Request) -> Answer:
    return ok(items.create(account, body_of(request)))


def show_item(account: Account, request: Request, number: str) -> Answer:
    return ok(account.item(number))


def update_item(account: Account, request: Request, number: str) -> Answer:
    return ok(items.update(account, account.item(number), body_of(request)))


def delete_item(account: Account, request: Request, number: str) -> Answer:
    return ok(items.delete(account, account.item(number)))


def list_billograms(account: Account, request: Request) -> Answer:
    page, size = lists.page_size(request, fields.LISTING)
    rows = (record.data for record in account.billograms.values())
    found = [account.billograms[row["id"]] for row in lists.chosen(rows, request, fields.LISTING)]
    open_sum = sum((record.sums.remaining for record in found), ZERO)
    meta = {"total_count": len(found), "total_remaining_sum": str(open_sum.quantize(CENTS))}
    return ok([billograms.compact(record) for record in lists.page_of(found, page, size)], meta)


def create_billogram(account: Account, request: Request) -> Answer:
    return ok(billograms.full(billograms.create(account, body_of(request))))


def show_billogram(account: Account, request: Request, name: str) -> Answer:
    """The full form, or with ``.pdf`` at the end the document."""
    record = account.billogram(name.removesuffix(".pdf"))
    return ok(pdf.invoice(account, record, request) if name.endswith(".pdf") else billograms.full(record))


def update_billogram(account: Account, request: Request, number: str) -> Answer:
    return ok(billograms.full(billograms.update(account, account.billogram(number), body_of(request))))


def delete_billogram(account: Account, request: Request, number: str) -> Answer:
    return ok(billograms.delete(account, account.billogram(number)))


def show_attachment(account: Account, request: Request, number: str) -> Answer:
    return ok(pdf.attachment(account.billogram(number)))


def command(account: Account, request: Request, number: str, name: str) -> Answer:
    record = account.billogram(number)
    if name not in COMMANDS:
        raise Refused("NOT_FOUND", f"no such command: {name}")
    COMMANDS[name](account, record, body_of(request))
    return ok(billograms.full(record))


def list_events(account: Account, request: Request) -> Answer:
    return events.listed(account, request)


def show_settings(account: Account, request: Request) -> Answer:
    return ok(account.settings)


def update_settings(account: Account, request: Request) -> Answer:
    return ok(settings.update(account, body_of(request)))


def show_logotype(account: Account, request: Request) -> Answer:
    return ok(account.logotype)


def change_logotype(account: Account, request: Request) -> Answer:
    return ok(extras.change_logotype(account, body_of(request)))


def delete_logotype(account: Account, request: Request) -> Answer:
    return ok(extras.delete_logotype(account))


def list_reports(account: Account, request: Request) -> Answer:
    return extras.listed_reports(account, request)


def show_report(account: Account, request: Request, filename: str) -> Answer:
    return ok(extras.report(account, filename))


ROUTES: dict[str, dict[str, Handler]] = {
    "customer": {"GET": list_customers, "POST": create_customer},
    "customer/*": {"GET": show_customer, "PUT": update_customer},
    "customer/*/einvoice": {"GET": show_einvoice, "POST": register_einvoice},
    "item": {"GET": list_items, "POST": create_item},
    "item/*": {"GET": show_item, "PUT": update_item, "DELETE": delete_item},
    "billogram": {"GET": list_billograms, "POST": create_billogram},
    "billogram/*": {"GET": show_billogram, "PUT": update_billogram, "DELETE": delete_billogram},
    "billogram/*/attachment.pdf": {"GET": show_attachment},
    "billogram/*/command/*": {"POST": command},
    "billogram_event": {"GET": list_events},
    "settings": {"GET": show_settings, "PUT": update_settings},
    "logotype": {"GET": show_logotype, "POST": change_logotype, "PUT": change_logotype, "DELETE": delete_logotype},
    "report": {"GET": list_reports},
    "report/*": {"GET": show_report},
}
PATTERNS = [(pattern.split("/"), methods) for pattern, methods in ROUTES.items()]
NOT_ENABLED = ("payment_source", "sepa_dd_mandate", "offer", "creditor", "coverphoto")
"""Classes that exist at the service and that this account may not use."""


def respond(account: Account, request: Request, path: str) -> Answer:
    """``path`` follows the base path; a slash at the end is allowed."""
    parts = path.strip("/").split("/")
    if parts[0] in NOT_ENABLED or parts[2:3] == ["billing-tab"]:
        raise Refused("PERMISSION_DENIED", "this feature is not enabled for this account")
    for pattern, methods in PATTERNS:
        if len(pattern) == len(parts) and all(p in ("*", part) for p, part in zip(pattern, parts, strict=True)):
            return _handler(methods, request)(account, request, *_given(pattern, parts))
    raise not_found(parts[-1])


def _handler(methods: dict[str, Handler], request: Request) -> Handler:
    method = "GET" if request.method == "HEAD" else request.method
    if method not in methods:
        raise Refused("METHOD_NOT_ALLOWED", f"method {method} is not allowed here")
    return methods[method]


def _given(pattern: list[str], parts: list[str]) -> list[str]:
    return [part for wanted, part in zip(pattern, parts, strict=True) if wanted == "*"]
