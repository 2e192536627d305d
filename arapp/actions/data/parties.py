"""The data of customers, their contacts, and items of the catalogue."""

from django.utils.translation import gettext_lazy as _

from arapp.actions.fields import BILLOGRAM, BILLOMAT, BILLOVER, Field
from arapp.receivables.models import ChoiceKind

KINDS_OF_CUSTOMER = ("business", "individual", "foreign business", "foreign individual")
UNITS = tuple("unit hour day month year kg gram kwh ton meter mm km m2 m3 litre".split())
"""Billogram's (reference 5)."""

PLACE = (
    Field("street", _("Street")),
    Field("street2", _("Second line of the street"), services=BILLOGRAM | BILLOVER),
    Field("careof", _("Care of"), services=BILLOGRAM),
    Field("attention", _("Attention"), services=BILLOGRAM),
    Field("zip", _("Postal code"), limit=20),
    Field("city", _("City"), limit=100),
    Field("state", _("State or region"), limit=100, services=BILLOGRAM | BILLOMAT),
    Field("country", _("Country"), limit=2, help=_("Two letters, such as SE or DE."), services=BILLOGRAM | BILLOMAT),
    Field("country", _("Country"), limit=100, services=BILLOVER),
)

_PERSON = (
    Field("first_name", _("First name"), services=BILLOMAT),
    Field("last_name", _("Last name"), services=BILLOMAT),
)

_CUSTOMER = (
    Field(
        "number",
        _("Number"),
        "text",
        limit=100,
        help=_("Empty: the service gives one."),
        services=BILLOGRAM | BILLOMAT,
    ),
    Field("kind", _("Kind"), "choice", choices=KINDS_OF_CUSTOMER, services=BILLOGRAM),
    Field("org_no", _("Organisation or tax number"), limit=100),
    Field("vat_no", _("VAT number"), limit=100, services=BILLOGRAM | BILLOMAT),
    Field("tax_office", _("Tax office"), limit=200, services=BILLOVER),
    Field("email", _("E-mail"), "email", services=BILLOGRAM | BILLOMAT),
    Field("phone", _("Phone"), limit=100),
    Field("contact", _("Contact person"), services=BILLOGRAM),
    Field("language", _("Language"), limit=20, services=BILLOGRAM | BILLOMAT),
    Field("note", _("Note"), "long", limit=5_000, help=_("Internal."), services=BILLOGRAM | BILLOMAT),
    Field("address", _("Address"), "group", fields=PLACE),
    Field(
        "delivery_address",
        _("Delivery address"),
        "group",
        fields=(Field("name", _("Name")), *PLACE),
        services=BILLOGRAM,
    ),
    Field("salutation", _("Salutation"), limit=100, services=BILLOMAT),
    *_PERSON,
    Field("currency", _("Currency"), limit=3, services=BILLOMAT),
    Field("due_days", _("Days to pay"), "integer", lowest=0, services=BILLOMAT),
    Field("discount_rate", _("Cash discount in percent"), "percent", services=BILLOMAT),
    Field("discount_days", _("Days of the cash discount"), "integer", lowest=0, services=BILLOMAT),
    Field("reduction", _("Reduction in percent"), "percent", services=BILLOMAT),
    Field("archived", _("Archived"), "yes", services=BILLOMAT),
)
NEW_CUSTOMER = (Field("name", _("Name"), required=True), *_CUSTOMER)
CUSTOMER = (Field("name", _("Name"), never_empty=True), *_CUSTOMER)

_WHICH_CONTACT = Field("contact", _("Contact"), "option", required=True, of=ChoiceKind.CONTACT)
NEW_CONTACT = (
    Field("name", _("Name")),
    *_PERSON,
    Field("email", _("E-mail"), "email"),
    Field("phone", _("Phone"), limit=100),
    Field("label", _("Label"), limit=100, help=_("What this contact is for.")),
    Field("address", _("Address"), "group", fields=PLACE),
)
CONTACT = (_WHICH_CONTACT, *NEW_CONTACT)
GONE_CONTACT = (_WHICH_CONTACT,)


def _item(**needed: bool) -> tuple[Field, ...]:
    """``needed``: how the fields are that no item is without."""
    return (
        Field("number", _("Number"), limit=30, help=_("Empty: the service gives one.")),
        Field("title", _("Title"), **needed, limit=100, services=BILLOGRAM),
        Field("title", _("Title"), **needed, services=BILLOMAT),
        Field("description", _("Description"), "long", limit=200, services=BILLOGRAM),
        Field("description", _("Description"), "long", limit=5_000, services=BILLOMAT),
        Field("unit", _("Unit"), "choice", choices=UNITS, services=BILLOGRAM),
        Field("unit", _("Unit"), limit=60, services=BILLOMAT),
        Field("unit_price", _("Unit price"), "decimal", **needed, places=2, services=BILLOGRAM),
        Field("unit_price", _("Unit price"), "decimal", **needed, services=BILLOMAT),
        Field("currency", _("Currency"), limit=3, services=BILLOMAT),
        Field("vat_rate", _("VAT %"), "percent", **needed, places=2, services=BILLOGRAM),
        Field("vat_rate", _("VAT %"), "percent", places=2, services=BILLOMAT),
        Field("type", _("Type"), "choice", choices=("product", "service"), services=BILLOMAT),
    )


NEW_ITEM = _item(required=True)
ITEM = _item(never_empty=True)
