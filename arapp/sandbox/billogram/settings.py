"""Settings of the account (reference section 11.1)."""

from typing import Any

from .account import Account
from .customers import COUNTRY, EMAIL, texts, zipcode
from .fields import REMINDER
from .schema import READ_ONLY, Field, boolean, checked, defaults, integer, merged, number, require, text

ADDRESS = {
    **texts("street_address", "careof"),
    "zipcode": Field(zipcode, default=""),
    **texts("city", "province"),
    "country": Field(COUNTRY, default="SE"),
}
LEDGER_ACCOUNTS = {
    **{f"income_account_for_vat_{rate}": account for rate, account in ((25, 3001), (12, 3002), (6, 3003), (0, 3004))},
    **{f"vat_account_for_vat_{rate}": account for rate, account in ((25, 2610), (12, 2620), (6, 2630))},
    "reversed_vat_account": 3231,
    "account_receivable_account": 1500,
    "client_funds_account": 1940,
    "banking_account": 1920,
    "interest_fee_account": 8313,
    "reminder_fee_account": 8313,
    "rounding_account": 3740,
    "factoring_receivable_account": 1512,
    "non_allocated_account": 2800,
    "income_payout_account": 3005,
    "written_down_receivables_account": 1519,
    "expected_loss_account": 6352,
    "debt_collection_funds_account": 1941,
    "liabilities_customers_account": 2420,
}
BOOKKEEPING = {
    **{name: Field(text(20), default=str(account)) for name, account in LEDGER_ACCOUNTS.items()},
    "regional_sweden": Field(inside={"rotavdrag_account": Field(text(20), default="1513")}),
    "sie_serie": Field(text(5), default="B"),
    "sie_continuous_numbering": Field(text(20), default="monthly"),
    "financial_year_start": Field(text(7), default="2020-01"),
    "financial_year_months": Field(integer(1, 24), default=12),
}
PAYMENT = {
    **{name: Field(text(50)) for name in ("bankgiro", "plusgiro")},
    "domestic_bank_account": Field(inside={name: Field(text(50)) for name in ("account_no", "clearing_no")}),
    "international_bank_account": Field(inside={name: Field(text(50)) for name in ("bank", "iban", "bic", "swift")}),
}
INVOICES = {
    "default_message": Field(text(10000)),
    "default_interest_rate": Field(number(0, 100), default=number()("8.5")),
    "default_reminder_fee": Field(number(0), default=number()(60)),
    "default_invoice_fee": Field(number(0, whole=True), default=0),
    "automatic_reminders": Field(rows=REMINDER),
    "automatic_reminders_minimum_principal_sum": Field(number(0), default=number()(0)),
    "automatic_writeoff": Field(inside={"settings": Field(text(50)), "amount": Field(number(0))}),
    "automatic_collection": Field(inside={"delay_days": Field(integer(1, 365)), "amount": Field(number(0))}),
    "show_item_gross_prices": Field(boolean, default=False),
    "show_new_account_notice": Field(boolean, default=False),
    "use_automatic_reminders_partly_paid": Field(boolean, default=False),
    "reminders_without_fee": Field(rows={"customer_no": Field(integer(1, 999999999))}),
    "pdf": Field(inside={"template": Field(text(100))}),
}
NAMED_ADDRESS = {**ADDRESS, **texts("name")}
SETTINGS = {
    "name": Field(text(255), default="Björkdalens Kontorsservice AB", never_null=True),
    "org_no": Field(text(20), default="556123-4560"),
    "company_id": READ_ONLY,
    "registration_email": READ_ONLY,
    "contact": Field(inside={**texts("name"), "email": Field(EMAIL, default=""), **texts("phone", "www")}),
    "address": Field(inside=ADDRESS),
    "visiting_address": Field(inside=ADDRESS),
    "invoice_address": Field(inside={**ADDRESS, "email": Field(EMAIL, default="")}),
    "registered_office_address": Field(inside=NAMED_ADDRESS),
    "return_address": Field(inside=NAMED_ADDRESS),
    "payment": Field(inside=PAYMENT),
    "tax": Field(
        inside={
            "is_vat_registered": Field(boolean, default=True),
            "has_fskatt": Field(boolean, default=True),
            "vat_no": Field(text(50), default="SE556123456001"),
        }
    ),
    "bookkeeping": Field(inside=BOOKKEEPING),
    "invoices": Field(inside=INVOICES),
}
NEED_CONFIRMATION = ("name", "payment")


def initial(company_id: str) -> dict[str, Any]:
    first = {"company_id": company_id, "registration_email": "ekonomi@example.org"}
    own = {
        "contact": {"name": "Maj Lundin", "email": "ekonomi@example.org", "phone": "0701740600"},
        "address": {"street_address": "Björkvägen 4", "zipcode": "75310", "city": "Uppsala"},
        "payment": {"bankgiro": "000-0000"},
    }
    return merged({**first, **defaults(SETTINGS)}, own)


def update(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    """A changed name or payment waits for a confirmation by e-mail and is not answered before."""
    sent = checked(SETTINGS, body)
    require(account.settings | sent, ("name",))
    waiting = {name: sent.pop(name) for name in NEED_CONFIRMATION if name in sent}
    account.unconfirmed = merged(account.unconfirmed, waiting)
    account.settings = merged(account.settings, sent)
    return account.settings


def confirm(account: Account) -> None:
    account.settings = merged(account.settings, account.unconfirmed)
    account.unconfirmed = {}
