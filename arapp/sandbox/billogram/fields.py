"""The fields of a billogram that may be sent, and which are read-only (reference sections 6.3 to 6.5)."""

from typing import Any

from .customers import COUNTRY, EMAIL, texts, zipcode
from .items import UNITS, item_number, price, vat
from .lists import Listing
from .schema import READ_ONLY, Field, boolean, checked, choice, day, defaults, integer, matching, number, text
from .states import ALL

METHODS = ("Email", "Letter", "SMS", "Email+Letter", "SMS+Letter", "Efaktura", "Einvoice", "EDI", "DoNotNotify")

LEDGER_OBJECT = {name: Field(text()) for name in ("dimension_id", "object_id", "dimension_name", "object_name")}
ROW = {
    "item_no": Field(item_number),
    "title": Field(text(100), never_null=True),
    "description": Field(text(200), default=""),
    "count": Field(number(-(10**7), 10**7, places=6), never_null=True),
    "price": Field(price(), never_null=True),
    "vat": Field(vat(), never_null=True),
    "discount": Field(number(0), default=number()(0)),
    "unit": Field(choice(*UNITS), default="unit"),
    "bookkeeping": Field(
        inside={
            "income_account": Field(text(20), default=""),
            "vat_account": Field(text(20), default=""),
            "objects": Field(rows=LEDGER_OBJECT),
        }
    ),
    "regional_sweden": Field(
        inside={
            "rotavdrag": Field(boolean, default=False),
            "electricity_collection": Field(inside={"nyttighet": Field(text())}),
        }
    ),
}
ROW_BLANK = {name: value for name, value in defaults(ROW).items() if not ROW[name].never_null}

ELECTRICITY = {
    name: Field(text())
    for name in (
        *("kommunkod", "naringsidkare", "avflyttad", "avflyttad_datum", "frankopplad", "frankopplad_datum"),
        *("anladr", "natom", "arsforb", "anlid", "kravmall", "plombkod", "slutfaktura", "objtyp", "faktforb"),
        "faktfrek",
    )
}
EDI = {name: Field(text()) for name in ("electronic_id", "operator", "subtype", "reference", "note")}
REGIONAL_SWEDEN = {
    "rotavdrag": Field(number(0, whole=True), default=0),
    "rotavdrag_personal_number": Field(matching(r"\d{6}-\d{4}", "written NNNNNN-NNNN")),
    **{
        name: Field(text())
        for name in (
            "rotavdrag_description",
            "rotavdrag_description_of_property",
            "rotavdrag_apartment_designation",
            "rotavdrag_housing_association_org_no",
        )
    },
    "reversed_vat": Field(boolean),
    **{
        name: Field(text())
        for name in (
            *("autogiro_betalarnummer", "autogiro_payment_date", "autogiro_status", "autogiro_full_status"),
            *("autogiro_total_sum", "efaktura_recipient_identifier", "efaktura_recipient_type"),
            *("efaktura_recipient_bank_name", "efaktura_recipient_bank_id", "efaktura_recipient_bank_code"),
            *("efaktura_recipient_id_number", "efaktura_requested_amount"),
        )
    },
    "edi": Field(inside=EDI),
    "electricity_collection": Field(inside=ELECTRICITY),
}

INFO = {
    "order_no": Field(text()),
    "order_date": Field(day),
    "our_reference": Field(text()),
    "your_reference": Field(text()),
    "shipping_date": Field(day),
    "delivery_date": Field(day),
    "reference_number": Field(text()),
    "message": Field(text(10000)),
}


def callback_address(value: Any) -> str:
    found = matching(r"https://[^\s]+", "an https address")(value)
    if found.lower().startswith(("https://localhost", "https://127.0.0.1")):
        raise ValueError("must be reachable from outside")
    return found


def texts_only(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise ValueError("must be a list of strings")
    return value


def nothing(value: Any) -> None:
    raise ValueError("can only be set by the command attach")


PLACE = {
    **texts("street_address", "careof"),
    "zipcode": Field(zipcode, default=""),
    **texts("city"),
    "country": Field(COUNTRY, default="SE"),
}
COPY = {
    "customer_no": Field(integer(1, 999999999), never_null=True),
    "name": Field(text(), never_null=True),
    "org_no": Field(text(50), default=""),
    "vat_no": Field(text(50), default=""),
    "email": Field(EMAIL, default=""),
    "phone": Field(text(50), default=""),
    "address": Field(inside={**PLACE, **texts("attention")}),
    "delivery_address": Field(inside={**PLACE, **texts("name")}),
}
REMINDER = {"delay_days": Field(integer(1, 365), never_null=True), "message": Field(text(10000))}

OWN = {
    "creditor_unique_value": Field(text(255)),
    "items": Field(rows=ROW, never_null=True),
    "invoice_date": Field(day),
    "due_date": Field(day),
    "due_days": Field(integer(0, 3650)),
    "invoice_fee": Field(number(0, whole=True), default=0),
    "reminder_fee": Field(number(0)),
    "interest_rate": Field(number(0, 100)),
    "currency": Field(choice("SEK", "EUR", "NOK", "DKK", "USD", "GBP"), default="SEK"),
    "info": Field(inside=INFO),
    "regional_sweden": Field(inside=REGIONAL_SWEDEN),
    "automatic_reminders": Field(boolean, default=False),
    "automatic_reminders_settings": Field(rows=REMINDER),
    "automatic_collection": Field(
        inside={
            "delay_days": Field(integer(1, 365)),
            "amount": Field(number(0)),
            "use_default_settings": Field(boolean),
        }
    ),
    "callbacks": Field(
        inside={"url": Field(callback_address), "custom": Field(text(10000)), "sign_key": Field(text(255))}
    ),
    "offers": Field(texts_only, default=()),
    "show_item_gross_prices": Field(boolean, default=False),
    "pdf": Field(inside={"template": Field(text(100))}),
}


SHOWN_ONLY = dict.fromkeys(
    (
        *("id", "invoice_no", "ocr_number", "respite_date", "invoice_fee_vat", "interest_fee", "delivery_method"),
        *("state", "url", "recipient_url", "flags", "events", "remaining_sum", "total_sum", "rounding_value"),
        *("detailed_sums", "reminder_count", "sales_accepted", "created_at", "updated_at", "attested_at"),
    ),
    READ_ONLY,
)

ON_CREATE = {
    **OWN,
    **SHOWN_ONLY,
    "attachment": READ_ONLY,
    "customer": Field(inside={"customer_no": COPY["customer_no"]}),
    "on_success": Field(
        inside={"command": Field(choice("send"), never_null=True), "method": Field(text(), never_null=True)}
    ),
}
ON_UPDATE = {**OWN, **SHOWN_ONLY, "attachment": Field(nothing), "customer": Field(inside=COPY)}
BLANK = defaults(OWN)

LISTING = Listing(
    filters=(
        *("id", "invoice_no", "invoice_date", "due_date", "ocr_number", "customer:name", "customer:customer_no"),
        *("customer:org_no", "state", "creditor_unique_value"),
    ),
    orders=(
        *("invoice_no", "invoice_date", "due_date", "customer:name", "customer:customer_no", "state"),
        "attested_at",
    ),
    search=("id", "invoice_no", "ocr_number", "customer:name", "customer:org_no", "creditor_unique_value"),
    paging_required=True,
    words={"state": ALL},
)


def cleaned_rows(rows: Any) -> list[dict[str, Any]]:
    """Item rows as a request may carry them, checked."""
    return checked({"items": OWN["items"]}, {"items": rows})["items"]
