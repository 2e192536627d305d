"""Clients (the debtors), their contacts and user-defined attributes (reference sections 4.1 and 4.2)."""

import re
from decimal import Decimal

from arapp.sandbox.base import Request
from arapp.sandbox.billomat import lists
from arapp.sandbox.billomat.fields import fields
from arapp.sandbox.billomat.table import Table
from arapp.sandbox.billomat.wire import Many, Refused, Reply, Row

COUNTRIES = {"AT": "Österreich", "CH": "Schweiz", "FR": "Frankreich", "NL": "Niederlande", "US": "USA"}
PERSON = "salutation first_name last_name street zip city state country_code"


def address_of(row: Row) -> str | None:
    """The postal block with the country as a word, unless it is Germany."""
    person = " ".join(row[name] for name in ("first_name", "last_name") if row[name])
    place = " ".join(row[name] for name in ("zip", "city") if row[name])
    country = COUNTRIES.get(row["country_code"] or "", "")
    return "\n".join(line for line in (row["name"], person, row["street"], place, country) if line) or None


class Clients(Table):
    plural, singular, start = "clients", "client", 40_001
    fields = fields(
        "id:int! created:time! updated:time! archived:flag client_number! number:int number_pre"
        f" number_length:int name {PERSON} address! phone fax mobile email:email www tax_number"
        " vat_number:vat tax_rule:TAX_RULE net_gross:CLIENT_NET_GROSS bank_account_owner bank_number"
        " bank_name bank_account_number bank_swift bank_iban:iban sepa_mandate sepa_mandate_date:date"
        " reduction:number discount_rate:number discount_rate_type:TERM discount_days:int"
        " discount_days_type:TERM due_days:int due_days_type:TERM reminder_due_days:int"
        " reminder_due_days_type:TERM offer_validity_days:int offer_validity_days_type:TERM"
        " default_payment_types dunning_run:flag debitor_account_number:int currency_code:currency"
        " price_group:int locale note enable_customerportal:flag customerportal_url! dig_exclude:flag"
        " revenue_gross:number! revenue_net:number! customfield"
    )
    filters = {name: lists.text(name) for name in ("name", "client_number", "email", "first_name", "last_name")} | {
        "country_code": lists.exact("country_code"),
        "note": lists.text("note"),
        "invoice_id": lists.among(lambda table, raw: table.of_invoices(raw)),
        "tags": lists.among(lambda table, raw: table.service.tables["client-tags"].carriers(raw)),
    }

    def of_invoices(self, raw: str) -> set[int]:
        invoices = self.service.tables["invoices"].rows
        return {invoices[number]["client_id"] for number in lists.numbers(raw) if number in invoices}

    def more_tests(self, request: Request) -> list[lists.Test]:
        """``property<ID>=value``, exact."""
        asked = [(re.fullmatch(r"property(\d{1,15})", name), value) for name, value in request.query]
        found = [self._having(int(match[1]), value) for match, value in asked if match]
        return super().more_tests(request) + found

    def _having(self, definition: int, value: str) -> lists.Test:
        rows = self.service.tables["client-property-values"].rows.values()
        found = {
            row["client_id"] for row in rows if row["client_property_id"] == definition and row["value"] == value
        }
        return lambda row: row["id"] in found

    def prepare(self, row: Row, given: Row) -> None:
        for name, field in self.fields.items():
            if row[name] is None and field.kind in CLIENT_DEFAULTS:
                row[name] = CLIENT_DEFAULTS[field.kind]
        settings = self.service.settings
        for name in ("number_pre", "number_length"):
            row[name] = settings[f"client_{name}"] if row[name] is None else row[name]
        row["country_code"] = row["country_code"] or "DE"
        row["price_group"] = row["price_group"] or 0
        self._number(row)
        row["address"] = address_of(row)

    def _number(self, row: Row) -> None:
        settings = self.service.settings
        row["number"] = row["number"] or settings["client_number_next"]
        settings["client_number_next"] = max(settings["client_number_next"], row["number"] + 1)
        length = min(max(row["number_length"] or 0, 0), 30)
        row["client_number"] = f"{row['number_pre'] or ''}{row['number']:0{length}d}"

    def update(self, row: Row, values: Row) -> None:
        super().update(row, values)
        row["address"] = address_of(row) if "address" not in values else row["address"]
        if {"number", "number_pre", "number_length"} & set(values):
            self._number(row)

    def documents(self, row: Row) -> list[Row]:
        tables = self.service.tables
        return tables["invoices"].of("client_id", row["id"]) + tables["credit-notes"].of("client_id", row["id"])

    def delete(self, row: Row) -> None:
        if self.documents(row):
            raise Refused(self.service.illegal_code, "Client has documents and can not be deleted")
        self.drop(row)

    def drop(self, row: Row) -> None:
        for plural in ("contacts", "client-tags", "client-property-values"):
            for part in self.service.tables[plural].of("client_id", row["id"]):
                self.service.tables[plural].drop(part)
        super().drop(row)

    def shown(self, row: Row) -> Row:
        invoices = self.service.tables["invoices"].of("client_id", row["id"])
        counted = [one for one in invoices if one["status"] not in ("DRAFT", "CANCELED")]
        values = self.service.tables["client-property-values"].of("client_id", row["id"])
        return row | {
            "revenue_gross": sum((one["total_gross"] for one in counted), Decimal(0)),
            "revenue_net": sum((one["total_net"] for one in counted), Decimal(0)),
            "client-property-values": Many("client-property-value", values) if values else None,
        }

    def myself(self, request: Request) -> Reply:
        """The account itself as a client, with its plan and what is left of it."""
        tables = self.service.tables
        used = {"documents": len(tables["invoices"].rows), "clients": len(self.rows)}
        quotas = [{"entity": name, "available": -1, "used": count} for name, count in used.items()]
        own = dict.fromkeys(self.fields) | {"id": self.service.account_id, "name": "Musterschreinerei GmbH"}
        own |= {
            "client_number": "K1",
            "number_pre": "K",
            "number": 1,
            "country_code": "DE",
            "archived": False,
        }
        own |= {"email": "buero@example.org", "created": self.service.opened, "updated": self.service.opened}
        return Reply({"client": own | {"plan": "M", "quotas": {"quota": quotas}}})


CLIENT_DEFAULTS = {"flag": False, "TAX_RULE": "COUNTRY", "CLIENT_NET_GROSS": "SETTINGS", "TERM": "SETTINGS"}


class Contacts(Table):
    plural, singular, start, parent, indexed = "contacts", "contact", 70_001, "client_id", ("client_id",)
    fields = fields(
        f"id:int! created:time! updated:time! client_id:int* label name {PERSON} address! phone fax mobile"
        " email:email www locale customfield"
    )
    filters = {"client_id": lists.ids("client_id")}
    inherited = (
        *("name", "street", "zip", "city", "state", "country_code"),
        *("phone", "fax", "mobile", "email", "www", "locale"),
    )

    def prepare(self, row: Row, given: Row) -> None:
        """What is left empty takes the client's value."""
        client = self.service.tables["clients"].named(row["client_id"], "client_id")
        row.update({name: client[name] for name in self.inherited if row[name] is None})
        row["address"] = address_of(row)

    def check_change(self, row: Row, values: Row) -> None:
        values.pop("client_id", None)

    def update(self, row: Row, values: Row) -> None:
        super().update(row, values)
        row["address"] = address_of(row)


class ClientProperties(Table):
    plural, singular, start = "client-properties", "client-property", 12_001
    fields = fields(
        "id:int! created:time! updated:time! name* type:PROPERTY_TYPE* default_value is_nvl:flag customfield"
    )


class ClientPropertyValues(Table):
    plural, singular, start = "client-property-values", "client-property-value", 13_001
    indexed = ("client_id",)
    writes = ("POST",)
    fields = fields("id:int! client_id:int* client_property_id:int* type! name! value* customfield")
    filters = {
        "client_id": lists.ids("client_id"),
        "client_property_id": lists.ids("client_property_id"),
        "value": lists.text("value"),
    }

    def prepare(self, row: Row, given: Row) -> None:
        self.service.tables["clients"].named(row["client_id"], "client_id")
        definitions = self.service.tables["client-properties"]
        definition = definitions.named(row["client_property_id"], "client_property_id")
        row["type"], row["name"] = definition["type"], definition["name"]

    def insert(self, row: Row) -> Row:
        """Setting a value again overwrites it."""
        for known in self.of("client_id", row["client_id"]):
            if known["client_property_id"] == row["client_property_id"]:
                self.update(known, {"value": row["value"]})
                return known
        return super().insert(row)
