"""Small resources: users, settings, taxes, articles, templates, units (reference 4.3, 4.14, 4.16)."""

from decimal import Decimal

from arapp.sandbox.base import Request
from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.fields import fields, read_all
from arapp.sandbox.billomat.table import Table
from arapp.sandbox.billomat.wire import Refused, Reply, Row, body_of, unwrapped
from arapp.sandbox.billomat.words import ENUMERATIONS


class Users(Table):
    plural, singular, start, writes = "users", "user", 301, ()
    fields = fields(
        "id:int! created:time! updated:time! salutation first_name last_name email:email locale timezone"
        " role_id:int rights is_account_owner:flag customfield"
    )
    filters = {name: lists.text(name) for name in ("email", "first_name", "last_name")}

    def myself(self, request: Request) -> Reply:
        return Reply({"user": self.rows[self.service.user_id]})


class Roles(Table):
    plural, singular, start, writes = "roles", "role", 11, ()
    fields = fields("id:int! created:time! updated:time! name* invoices clients credit_notes reminders customfield")


class Taxes(Table):
    plural, singular, start = "taxes", "tax", 21
    fields = fields(
        "id:int! created:time! updated:time! account_id:int! name* rate:number* is_default:flag*"
        " can_delete:flag! customfield"
    )

    def prepare(self, row: Row, given: Row) -> None:
        row["account_id"], row["can_delete"] = self.service.account_id, True


class CountryTaxes(Table):
    plural, singular, start = "country-taxes", "country-tax", 31
    fields = fields("id:int! created:time! updated:time! country_code* customfield")
    filters = {"country": lists.exact("country_code")}


class Units(Table):
    plural, singular, start = "units", "unit", 41
    fields = fields("id:int! created:time! updated:time! name* customfield")
    filters = {"name": lists.text("name")}

    def delete(self, row: Row) -> None:
        used = any(article["unit_id"] == row["id"] for article in self.service.tables["articles"].rows.values())
        if used:
            raise Refused(self.service.illegal_code, "Unit is in use")
        self.drop(row)


class Articles(Table):
    plural, singular, start = "articles", "article", 5_001
    fields = fields(
        "id:int! created:time! updated:time! archived:flag article_number! number:int number_pre"
        " number_length:int title description sales_price:number sales_price2:number sales_price3:number"
        " sales_price4:number sales_price5:number currency_code:currency unit_id:int tax_id:int"
        " purchase_price:number purchase_price_net_gross:NET_GROSS supplier_id:int type:ITEM_TYPE cost_center"
        " revenue_account_number customfield"
    )
    filters = {name: lists.text(name) for name in ("article_number", "title", "description")} | {
        "currency_code": lists.exact("currency_code"),
        "unit_id": lists.ids("unit_id"),
        "supplier_id": lists.ids("supplier_id"),
    }

    def prepare(self, row: Row, given: Row) -> None:
        settings = self.service.settings
        row["archived"], row["sales_price"] = bool(row["archived"]), row["sales_price"] or Decimal(0)
        row["purchase_price_net_gross"] = row["purchase_price_net_gross"] or "NET"
        row["currency_code"] = row["currency_code"] or settings["currency_code"]
        for name in ("number_pre", "number_length"):
            row[name] = settings[f"article_{name}"] if row[name] is None else row[name]
        self._check_names(row)
        self._number(row)

    def check_change(self, row: Row, values: Row) -> None:
        self._check_names(values)

    def _check_names(self, values: Row) -> None:
        """Unit and tax are named by id (reference section 4.3)."""
        for field, plural in (("unit_id", "units"), ("tax_id", "taxes")):
            if values.get(field) is not None:
                self.service.tables[plural].named(values[field], field)

    def update(self, row: Row, values: Row) -> None:
        super().update(row, values)
        if {"number", "number_pre", "number_length"} & set(values):
            self._number(row)

    def _number(self, row: Row) -> None:
        settings = self.service.settings
        row["number"] = row["number"] or settings["article_number_next"]
        settings["article_number_next"] = max(settings["article_number_next"], row["number"] + 1)
        length = min(max(row["number_length"] or 0, 0), 30)
        row["article_number"] = f"{row['number_pre'] or ''}{row['number']:0{length}d}"


class Templates(Table):
    plural, singular, start = "templates", "template", 901
    fields = fields(
        "id:int! created:time! updated:time! name type:TEMPLATE_TYPE* template_type format is_default:flag"
        " customfield"
    )
    filters = {
        "type": lists.choice("type", ENUMERATIONS["TEMPLATE_TYPE"]),
        "template_type": lists.choice("template_type", ("DEFINED", "UPLOADED")),
        "is_default": lists.flag("is_default"),
    }


class EmailTemplates(Table):
    plural, singular, start = "email-templates", "email-template", 801
    fields = fields(
        "id:int! created:time! updated:time! name* type* subject text bcc:flag is_default:flag customfield"
    )


class FreeTexts(Table):
    plural, singular, start = "free-texts", "free-text", 851
    fields = fields(
        "id:int! created:time! updated:time! name* type* title label intro note is_default:flag customfield"
    )


class Countries(Table):
    plural, singular, writes = "countries", "country", ()
    fields = fields("id:int! code name")
    filters = {"code": lists.exact("code")}


class Currencies(Table):
    plural, singular, writes = "currencies", "currency", ()
    fields = fields("id:int! code name")
    filters = {"code": lists.exact("code")}


def _unused(plural: str, singular: str) -> type[Table]:
    """A resource the account has nothing in and this stand-in keeps nothing for."""
    return type(
        plural.title().replace("-", ""),
        (Table,),
        {"plural": plural, "singular": singular, "writes": (), "fields": fields("id:int! created:time!")},
    )


UNUSED = tuple(
    _unused(plural, plural.removesuffix("s"))
    for plural in (
        "offers",
        "confirmations",
        "delivery-notes",
        "letters",
        "recurrings",
        "suppliers",
        "incomings",
    )
)

NUMBERED = ("article", "client", "invoice", "offer", "confirmation", "credit_note", "delivery_note")
SETTINGS = fields(
    "created:time! updated:time! currency_code:currency locale net_gross:NET_GROSS taxation number_range_mode"
    " "
    + " ".join(f"{kind}_number_pre {kind}_number_length:int {kind}_number_next:int!" for kind in NUMBERED)
    + " "
    + " ".join(f"{kind}_title {kind}_intro {kind}_note {kind}_label" for kind in ("invoice", "credit_note"))
    + " invoice_payment_types due_days:int discount_rate:number discount_days:int offer_validity_days:int"
    " reminder_due_days:int print_version:flag default_email_sender"
)


def first_settings() -> Row:
    prefixes = dict(zip(NUMBERED, ("A", "KD", "RE", "AN", "AB", "GS", "LS"), strict=True))
    row = dict.fromkeys(SETTINGS)
    for kind, prefix in prefixes.items():
        row |= {f"{kind}_number_pre": prefix, f"{kind}_number_length": 0, f"{kind}_number_next": 1}
    row |= {"currency_code": "EUR", "locale": "de_DE", "net_gross": "NET", "taxation": "TAX", "due_days": 14}
    row |= {"discount_days": 7, "offer_validity_days": 28, "reminder_due_days": 7, "print_version": True}
    row |= {"number_range_mode": "IGNORE_PREFIX", "default_email_sender": "buero@example.org"}
    row["invoice_title"] = "Rechnung [Invoice.invoice_number]"
    row["invoice_note"] = "Bitte bis zum [Invoice.due_date] zahlen."
    row["credit_note_title"] = "Gutschrift [CreditNote.credit_note_number]"
    return row


def settings(service: object, request: Request) -> Reply:
    """One object without id."""
    if request.method == "PUT":
        service.settings.update(read_all(SETTINGS, unwrapped(body_of(request), "settings")))
        service.settings["updated"] = service.now()
    elif request.method not in ("GET", "HEAD"):
        raise Refused(405, "Method not allowed")
    return Reply({"settings": service.settings})
