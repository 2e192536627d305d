"""The WSGI application: who may call, what is answered, and what tests and demos may do to the data directly."""

import base64
import hmac
import logging
from decimal import Decimal
from random import Random
from typing import Any

from arapp.sandbox.base import Answer, Request, StandIn

from . import billograms, callbacks, customers, nights, payments, routes, seed, settings
from .account import Account
from .commands import COMMANDS
from .events import add
from .fields import cleaned_rows
from .life import move
from .rows import answered
from .schema import merged
from .sums import ZERO
from .wire import Refused

log = logging.getLogger(__name__)


class Billogram(StandIn):
    """Billogram's API v2. The switches below are plain attributes; set them at any time."""

    service = "billogram"
    base_path = "/api/v2"

    pdf_delay: float = 2.0
    """Seconds after a document went out in which its PDF is NOT_AVAILABLE_YET."""
    command_delay: float = 0.0
    """Seconds after ``send`` in which collect, writedown and revert-writedown are refused."""
    revoked: bool = False
    """The key was withdrawn: every call is INVALID_AUTH."""
    read_only_user: bool = False
    """The user's role may only read: every write is PERMISSION_DENIED."""
    keep_failed_draft: bool = False
    """Whether the draft stays when the send of ``on_success`` is refused; the reference leaves it open."""
    collection_agreement: bool = True
    factoring_agreement: bool = True

    account: Account

    def fill(self) -> None:
        self.account = Account(self, self.seed)
        self.account.settings = settings.initial(self.credentials()["user"].partition("-")[0])
        seed.tell(self.account, self.seed, self.invoices)

    def credentials(self) -> dict[str, str]:
        chance = Random(f"billogram credentials {self.seed}")
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
        user = f"{chance.randrange(1000, 10000)}-{''.join(chance.choices(letters, k=8))}"
        return {"user": user, "secret": f"{chance.getrandbits(128):032x}"}

    def totals(self) -> dict[tuple[str, str], dict[str, Decimal]]:
        """Drafts are counted, deleted drafts are not."""
        found: dict[tuple[str, str], dict[str, Decimal]] = {}
        for record in self.account.billograms.values():
            key = ("invoice", record.data["currency"])
            sums = found.setdefault(key, {"count": ZERO, "gross": ZERO, "open": ZERO})
            sums["count"] += 1
            sums["gross"] += record.sums.total
            sums["open"] += record.sums.remaining
        return found

    def answer(self, request: Request) -> Answer:
        try:
            self._admit(request)
            nights.catch_up(self.account)
            return routes.respond(self.account, request, request.path.removeprefix(self.base_path))
        except Refused as refused:
            return refused.answer()
        except Exception:
            log.exception("the stand-in of Billogram failed on %s %s", request.method, request.path)
            return self.server_error()

    def server_error(self) -> Answer:
        return Refused("INTERNAL_ERROR", "internal error").answer()

    def _admit(self, request: Request) -> None:
        given = request.headers.get("authorization")
        if not given:
            raise Refused("MISSING_AUTH", "authentication required")
        if self.revoked or not hmac.compare_digest(_login(given), ":".join(self.credentials().values()).encode()):
            raise Refused("INVALID_AUTH", "invalid API user or key")
        if not request.path.startswith(self.base_path + "/"):
            raise Refused("NOT_FOUND", "no such address")
        if self.read_only_user and request.method not in ("GET", "HEAD"):
            raise Refused("PERMISSION_DENIED", "the API user may not change anything")

    @property
    def records(self) -> list[dict[str, Any]]:
        """All billograms in the full form, oldest first. The live data is ``account.billograms``."""
        return [billograms.full(record) for record in self.account.billograms.values()]

    @property
    def customers(self) -> dict[int, dict[str, Any]]:
        """The live customers by number."""
        return self.account.customers

    def find(self, number: str) -> dict[str, Any]:
        """One billogram in the full form, as of the clock; Refused when there is none."""
        nights.catch_up(self.account)
        return billograms.full(self.account.billogram(number))

    def add_customer(self, **fields: Any) -> dict[str, Any]:
        """A customer with e-mail and address unless ``fields`` say otherwise."""
        usual = {
            "name": "Nordanvind Te AB",
            "contact": {"name": "Siv Ek", "email": "siv@example.org", "phone": "0701740605"},
            "address": {"street_address": "Tegatan 3", "zipcode": "111 22", "city": "Stockholm"},
        }
        return customers.create(self.account, usual | fields)

    def change_customer(self, number: int, **fields: Any) -> dict[str, Any]:
        return customers.update(self.account, self.account.customer(number), fields)

    def add_billogram(self, send: str | None = None, **overrides: Any) -> dict[str, Any]:
        """A draft of 325.00 SEK to a new customer, by way of the API's own checks; ``send`` names a method to
        send it by. ``overrides`` are fields of the create call.
        """
        number = {} if "customer" in overrides else {"customer_no": self.add_customer()["customer_no"]}
        row = {"title": "Delivery of tea", "count": 2, "price": 130, "vat": 25}
        record = billograms.create(self.account, {"customer": number, "items": [row]} | overrides)
        if send:
            COMMANDS["send"](self.account, record, {"method": send})
        return billograms.full(record)

    def add_credit(self, **overrides: Any) -> dict[str, Any]:
        """A stand-alone credit of 325.00 SEK, sent to nobody (section 12.4). How the API makes one is not known."""
        row = {"title": "Returned tea", "count": -2, "price": 130, "vat": 25}
        made = self.add_billogram(**({"items": [row]} | overrides))
        record = self.account.billogram(made["id"])
        record.sums.pays_out = True
        COMMANDS["send"](self.account, record, {"method": "DoNotNotify"})
        return billograms.full(record)

    def command(self, number: str, name: str, **body: Any) -> dict[str, Any]:
        """Carry out a command as the API would, for example ``command(id, "credit", mode="full")``."""
        record = self.account.billogram(number)
        COMMANDS[name](self.account, record, body)
        return billograms.full(record)

    def change(self, number: str, **fields: Any) -> dict[str, Any]:
        """Set fields without regard to the rules, as if it had happened at the service. ``items`` are rows as
        a request has them and move the sums; what is worked out (sums) or unknown is laid over the answers.
        """
        record = self.account.billogram(number)
        if "state" in fields:
            move(self.account, record, fields.pop("state"))
        if "items" in fields:
            record.data["items"] = answered(self.account, cleaned_rows(fields.pop("items")))
        record.data["updated_at"] = self.account.stamp()
        known = {name: value for name, value in fields.items() if name in record.data}
        record.data |= merged(record.data, known)
        record.overrides |= {name: value for name, value in fields.items() if name not in record.data}
        billograms.recharge(record)
        return billograms.full(record)

    def remove(self, number: str) -> None:
        """The billogram is gone, whatever its state."""
        del self.account.billograms[number]

    def pay(self, number: str, amount: Decimal | int | str) -> dict[str, Any]:
        """Money came in through the bank (event data: ``manual`` false)."""
        record = self.account.billogram(number)
        payments.receive(self.account, record, Decimal(amount))
        return billograms.full(record)

    def recall(self, number: str, amount: Decimal | int | str) -> dict[str, Any]:
        """The payer's bank takes a payment back; the billogram is open again."""
        record = self.account.billogram(number)
        payments.recall(self.account, record, Decimal(amount))
        return billograms.full(record)

    def deny_factoring(self, number: str) -> dict[str, Any]:
        record = self.account.billogram(number)
        payments.deny_factoring(self.account, record)
        return billograms.full(record)

    def customer_message(self, number: str, message: str) -> dict[str, Any]:
        """The recipient wrote something on the billogram's page."""
        record = self.account.billogram(number)
        record.data["flags"] = [*record.data["flags"], "new message"]
        add(self.account, record, "CustomerMessage", {"message": message})
        return billograms.full(record)

    def fail_delivery(self, number: str) -> dict[str, Any]:
        """What was sent last did not arrive."""
        record = self.account.billogram(number)
        record.data["flags"] = [*record.data["flags"], "delivery failed"]
        add(self.account, record, "DeliveryFailed", {"customer_email": record.data["customer"]["email"]})
        return billograms.full(record)

    def confirm_settings(self) -> None:
        """The main user confirmed a changed name or payment block by e-mail."""
        settings.confirm(self.account)

    def callback(self, number: str, position: int = -1, sign_key: str | None = None) -> tuple[dict[str, str], bytes]:
        """Headers and body of the callback for one event; nothing is sent. The same call gives the same id."""
        record = self.account.billogram(number)
        return callbacks.notification(record, record.data["events"][position], self.clock.now(), sign_key)


def _login(header: str) -> bytes:
    """``user:secret`` out of a Basic header; empty when it is none."""
    scheme, _, encoded = header.partition(" ")
    try:
        return base64.b64decode(encoded.strip(), validate=True) if scheme.lower() == "basic" else b""
    except ValueError:
        return b""
