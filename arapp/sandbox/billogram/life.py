"""What every command uses: the test of legality, moves between states, letters (reference sections 7 and 8)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from . import events
from .account import Account, Letter, Record
from .states import OPEN
from .sums import ocr_number
from .wire import Refused, plain

RECIPIENT_PAGE = "https://billogram.example.org/r"


def illegal(command: str, record: Record) -> Refused:
    return Refused("INVALID_OBJECT_STATE", f"cannot {command} a billogram in state {record.data['state']}")


def demand(legal: bool, command: str, record: Record) -> None:
    if not legal:
        raise illegal(command, record)


def move(account: Account, record: Record, state: str) -> None:
    record.data["state"] = state
    record.since = account.now()


def settle(account: Account, record: Record, state: str) -> None:
    """End an open billogram that has nothing left to pay."""
    if record.data["state"] in OPEN and not record.sums.remaining:
        end(account, record, state)


def end(account: Account, record: Record, state: str) -> None:
    move(account, record, state)
    events.add(account, record, "BillogramEnded", None)


def need(allowed: bool, feature: str) -> None:
    if not allowed:
        raise Refused("PERMISSION_DENIED", f"{feature} is not enabled for this account")


def refuse_fresh(account: Account, record: Record, command: str) -> None:
    """Right after ``send`` some commands are refused for a few seconds (section 7.2, asynchrony)."""
    wait = timedelta(seconds=account.switches.command_delay)
    demand(record.sent_at is None or account.now() >= record.sent_at + wait, command, record)


def new_letter(account: Account, record: Record, title: str, invoice_no: int) -> Letter:
    letter = Letter(str(account.random.randrange(10**8, 10**9)), invoice_no, title, account.now())
    record.letters.append(letter)
    return letter


def letter_data(record: Record, letter: Letter, method: str | None = None) -> dict[str, Any]:
    return {
        "invoice_no": letter.invoice_no,
        "letter_id": letter.letter_id,
        "delivery_method": method or record.data["delivery_method"],
        **sums_data(record),
    }


def sums_data(record: Record) -> dict[str, Any]:
    return {"total_sum": plain(record.sums.total), "remaining_sum": plain(record.sums.remaining)}


def attest(account: Account, record: Record, state: str) -> Letter:
    """Give the invoice its numbers."""
    invoice_no = account.take_invoice_no()
    ocr = ocr_number(invoice_no)
    page = f"{RECIPIENT_PAGE}/{ocr}/{account.code(8)}"
    record.data |= {"invoice_no": invoice_no, "ocr_number": ocr, "url": page, "recipient_url": page}
    record.data["attested_at"] = account.stamp()
    record.sent_at = account.now()
    move(account, record, state)
    return new_letter(account, record, "Invoice", invoice_no)


def note_overpayment(account: Account, record: Record, amount: Decimal) -> None:
    """What came in beyond the debt is handled by the service; ``remaining_sum`` stays at zero (section 13, 17)."""
    excess = min(-record.sums.balance, amount)
    if excess > 0:
        events.add(account, record, "OverpaymentCustomerLiability", {"amount": plain(excess)})
