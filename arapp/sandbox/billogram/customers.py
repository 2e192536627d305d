"""Customers (reference section 4)."""

from typing import Any

from .account import Account
from .lists import Listing
from .schema import READ_ONLY, Field, boolean, checked, choice, defaults, integer, matching, merged, require, text
from .wire import Refused, not_found

ZIPCODE = text(20)
EMAIL = matching(r"[^@\s]+@[^@\s]+", "an e-mail address")
COUNTRY = matching(r"[A-Z]{2}", "an ISO 3166-1 code of two letters")
DOMESTIC_ORG_NO = matching(r"(\d{2})?\d{6}-?\d{4}", "a Swedish number, NNNNNN-NNNN")


def zipcode(value: Any) -> str:
    return ZIPCODE(value).replace(" ", "")


def texts(*names: str) -> dict[str, Field]:
    return {name: Field(text(), default="") for name in names}


PLACE = {"zipcode": Field(zipcode, default=""), "city": Field(text(), default="")}
LINES = texts(
    "street_address",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "administrative_area",
    "dependent_locality",
    "organization",
    "sorting_code",
    "careof",
    "attention",
)
ADDRESS = {
    **LINES,
    "use_careof_as_attention": Field(boolean, default=False),
    **PLACE,
    "country": Field(COUNTRY, default="SE"),
}
DELIVERY_ADDRESS = {**texts("name"), **LINES, **PLACE, "country": Field(COUNTRY, default="SE")}

CUSTOMER = {
    "customer_no": Field(integer(1, 999999999), never_null=True),
    "name": Field(text(), never_null=True),
    "company_type": Field(
        choice("business", "individual", "foreign business", "foreign individual"), default="business"
    ),
    "org_no": Field(text(50), default=""),
    "vat_no": Field(text(50), default=""),
    "notes": Field(text(10000), default=""),
    "language": Field(text(10), default="sv"),
    "contact": Field(
        inside={**texts("name"), "email": Field(EMAIL, default=""), "phone": Field(text(50), default="")}
    ),
    "address": Field(inside=ADDRESS),
    "delivery_address": Field(inside=DELIVERY_ADDRESS),
    "letter_forwarding_enabled": Field(boolean, default=False),
    "payment_settings": READ_ONLY,
    "created_at": READ_ONLY,
    "updated_at": READ_ONLY,
}
BLANK = defaults(CUSTOMER)

LISTING = Listing(
    filters=(
        *("customer_no", "name", "notes", "org_no", "company_type", "contact:name", "contact:email", "contact:phone"),
        *(f"address:{part}" for part in ("street_address", "careof", "zipcode", "city", "country")),
        *(f"delivery_address:{part}" for part in ("name", "street_address", "careof", "zipcode", "city", "country")),
    ),
    orders=(
        *("customer_no", "name", "org_no", "contact:email", "contact:phone", "address:zipcode", "address:city"),
        *("delivery_address:name", "delivery_address:zipcode", "delivery_address:city", "created_at", "updated_at"),
    ),
    search=("customer_no", "name", "org_no", "notes", "contact:name", "contact:email", "contact:phone"),
    paging_required=True,
)


def create(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    sent = _checked(body)
    require(sent, ("name",))
    number = sent.setdefault("customer_no", max(account.customers, default=0) + 1)
    _refuse_taken(account, number)
    customer = merged({"customer_no": number, **BLANK}, sent)
    _refuse_bad_org_no(customer)
    customer["payment_settings"] = {"recurring_payment_type": None}
    customer |= {"created_at": account.stamp(), "updated_at": None}
    account.customers[number] = customer
    return customer


def update(account: Account, customer: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Billograms keep the copy they have; a changed customer does not reach them."""
    sent = _checked(body)
    require(customer | sent, ("name",))
    number = sent.get("customer_no", customer["customer_no"])
    if number != customer["customer_no"]:
        _refuse_taken(account, number)
    changed = merged(customer, sent)
    _refuse_bad_org_no(changed)
    del account.customers[customer["customer_no"]]
    customer.update(changed, updated_at=account.stamp())
    account.customers[number] = customer
    return customer


def _checked(body: dict[str, Any]) -> dict[str, Any]:
    sent = checked(CUSTOMER, body)
    for block in (sent.get("address", {}), sent.get("delivery_address", {})):
        _same_street(block)
    return sent


def _same_street(block: dict[str, Any]) -> None:
    """The old and the new name of the street stand for one value; section 4 does not settle which is answered."""
    told = [block[name] for name in ("address_line_1", "street_address") if name in block]
    if told:
        block["street_address"] = block["address_line_1"] = next(filter(None, told), "")


def _refuse_taken(account: Account, number: int) -> None:
    if number in account.customers:
        message = "Customer with same customer_no already exists"
        raise Refused("INVALID_PARAMETER", message, "customer_no", None)


def _refuse_bad_org_no(customer: dict[str, Any]) -> None:
    if customer["company_type"].startswith("foreign"):
        return
    try:
        DOMESTIC_ORG_NO(customer["org_no"])
    except ValueError as problem:
        raise Refused("INVALID_PARAMETER", f"Org_no {problem}", "org_no", []) from None


def copy_of(customer: dict[str, Any]) -> dict[str, Any]:
    """What a billogram keeps of its customer; the city in capitals, as recorded."""
    contact = customer["contact"]
    return {
        "customer_no": customer["customer_no"],
        "name": customer["name"],
        "org_no": customer["org_no"],
        "vat_no": customer["vat_no"],
        "email": contact["email"],
        "phone": contact["phone"],
        "address": _place(customer["address"], "street_address", "careof", "attention"),
        "delivery_address": _place(customer["delivery_address"], "name", "street_address", "careof"),
    }


def _place(address: dict[str, Any], *lines: str) -> dict[str, Any]:
    found = {name: address[name] for name in (*lines, "zipcode", "city", "country")}
    return found | {"city": found["city"].upper()}


EINVOICE = {"identifier": Field(matching(r"([0-9]{12})\.([A-Za-z]{2,4})(\.[sS][eE])?", "YYYYMMDDNNNN.BANK.SE"))}


def register_einvoice(account: Account, customer: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    sent = checked(EINVOICE, body)
    require(sent, ("identifier",))
    moment = account.now().isoformat()
    registration = {
        "status": "registered",
        "registered_at": moment,
        "regional_sweden": {"identifier": sent["identifier"]},
    }
    account.einvoice[customer["customer_no"]] = registration
    return registration


def einvoice(account: Account, customer: dict[str, Any]) -> dict[str, Any]:
    number = customer["customer_no"]
    if number not in account.einvoice:
        raise not_found(number)
    return account.einvoice[number]
