"""The account's own furniture: users, taxes, units, articles, templates, reminder levels."""

from typing import TYPE_CHECKING

from arapp.sandbox.billomat import seed_words as said
from arapp.sandbox.billomat.fields import read_all
from arapp.sandbox.billomat.wire import Row

if TYPE_CHECKING:
    from arapp.sandbox.billomat.app import Billomat

USERS = (
    ("Frau", "Merle", "Osterkamp", "merle@example.org", True),
    ("Herr", "Tarek", "Blomquist", "tarek@example.org", False),
    ("Frau", "Ines", "Vahlsing", "ines@example.org", False),
)
UNITS = ("h", "Stück", "pauschal", "m", "km", "Glas")
COUNTRIES = (("DE", "Deutschland"), ("AT", "Österreich"), ("CH", "Schweiz"), ("US", "USA"))
CURRENCIES = (("EUR", "Euro"), ("CHF", "Schweizer Franken"), ("USD", "US-Dollar"))


def seed_lookups(service: "Billomat") -> None:
    put = _Put(service)
    put("roles", name="Administrator", invoices="DELETE", clients="DELETE", credit_notes="DELETE")
    role = next(iter(service.tables["roles"].rows))
    for salutation, first, last, email, owner in USERS:
        person = {"salutation": salutation, "first_name": first, "last_name": last, "email": email}
        put("users", role_id=role, is_account_owner=owner, locale="de_DE", timezone="Europe/Berlin", **person)
    for rate in (19, 7, 0):
        put("taxes", name="MwSt" if rate else "steuerfrei", rate=rate, is_default=rate == 19)
    for name in UNITS:
        put("units", name=name)
    for kind in ("INVOICE", "CREDIT_NOTE", "REMINDER"):
        put("templates", name="Standard", type=kind, template_type="DEFINED", format="pdf", is_default=True)
    put("templates", name="Modern", type="INVOICE", template_type="UPLOADED", format="docx", is_default=False)
    for plural, known in (("countries", COUNTRIES), ("currencies", CURRENCIES)):
        for code, name in known:
            put(plural, code=code, name=name)
    for at, (name, header, charge) in enumerate(said.LEVELS, 1):
        charged = {"charge_amount": charge, "charge_name": f"Gebühr {name}"}
        put("reminder-texts", sorting=at, name=name, subject=name, header=header, **charged)
    put(
        "email-templates",
        name="Rechnung",
        type="INVOICES",
        subject="Ihre Rechnung",
        bcc=False,
        is_default=True,
    )
    put("email-templates", name="Mahnung", type="REMINDERS", subject="Zahlungserinnerung", bcc=False, is_default=True)
    put("free-texts", name="Wartung", type="INVOICE", title="Wartung", intro="Wie vereinbart:", is_default=False)
    _articles(service, put)
    service.settings |= {"created": service.now(), "updated": service.now()}


def _articles(service: "Billomat", put: "_Put") -> None:
    units = {row["name"]: row["id"] for row in service.tables["units"].rows.values()}
    taxes = {str(row["rate"]): row["id"] for row in service.tables["taxes"].rows.values()}
    for title, description, price, unit, rate, kind in said.ARTICLES:
        known = {"title": title, "description": description, "sales_price": price, "type": kind}
        put("articles", unit_id=units[unit], tax_id=taxes[rate], **known)


class _Put:
    """Creates a row whether or not the API would let anyone."""

    def __init__(self, service: "Billomat") -> None:
        self.service = service

    def __call__(self, plural: str, **values: object) -> Row:
        table = self.service.tables[plural]
        row = dict.fromkeys(table.fields) | read_all(table.fields, values)
        table.prepare(row, values)
        return table.insert(row)
