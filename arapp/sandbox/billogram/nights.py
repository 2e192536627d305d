"""What the service does by itself at night (reference section 7.2): overdue, reminders, collection, factoring."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from . import events
from .account import Account, Record
from .dunning import collect, last_day, remind
from .life import move, new_letter
from .states import REMINDED
from .sums import ocr_number
from .wire import Refused, plain

START = time(23, 3, tzinfo=UTC)
"""Overdue rows were stamped 23:03 to 23:15 UTC, just after midnight in Sweden."""
LENGTH = timedelta(minutes=12)
PARTNER_ANSWERS_AFTER = timedelta(days=2)
"""The collector confirms, the factoring partner buys; how long that takes in reality is not known."""

LATE = ("Overdue", *REMINDED)

Deed = Callable[[Account, Record], None]
Step = tuple[datetime, Deed]


def catch_up(account: Account) -> None:
    """Carry out every night that has passed since the last look."""
    now = account.now()
    if account.next_night is not None and now < account.next_night:
        return
    for record in list(account.billograms.values()):
        age(account, record, now)
    account.next_night = night_after(now) + LENGTH
    if account.next_night - now > timedelta(days=1):
        account.next_night -= timedelta(days=1)


def night_after(moment: datetime) -> datetime:
    """The next start of the night's run."""
    tonight = datetime.combine(moment.astimezone(UTC).date(), START)
    return tonight if moment <= tonight else tonight + timedelta(days=1)


def age(account: Account, record: Record, now: datetime) -> None:
    """Take every step that is due on this billogram by ``now``, each at its own moment."""
    told = account.moment
    while (step := _next_step(record)) and step[0] <= now:
        account.moment = step[0]
        step[1](account, record)
    account.moment = told


def _next_step(record: Record) -> Step | None:
    state = record.data["state"]
    if state == "Unpaid":
        return _run_on(record, last_day(record)), _become_overdue
    if state == "Collecting":
        return _run_after(record, record.since + PARTNER_ANSWERS_AFTER), _confirm_collection
    if state == "Factoring":
        return _run_after(record, record.since + PARTNER_ANSWERS_AFTER), _become_sold
    return _dunning_step(record) if state in LATE else None


def _run_on(record: Record, day: date) -> datetime:
    return _run_after(record, datetime.combine(day, time(tzinfo=UTC)))


def _run_after(record: Record, moment: datetime) -> datetime:
    """The moment of this billogram in the first run after both ``moment`` and the start of its present state."""
    offset = timedelta(seconds=sum(map(ord, record.data["id"])) % int(LENGTH.total_seconds()))
    return night_after(max(moment, record.since)) + offset


def _become_overdue(account: Account, record: Record) -> None:
    move(account, record, "Overdue")
    events.add(account, record, "Overdue", None)


def _confirm_collection(account: Account, record: Record) -> None:
    move(account, record, "Collection")
    events.add(account, record, "CollectionStatusUpdate", {"full_status": "confirmed"})


def _become_sold(account: Account, record: Record) -> None:
    invoice_no = account.take_invoice_no()
    record.data |= {"invoice_no": invoice_no, "ocr_number": ocr_number(invoice_no), "attested_at": account.stamp()}
    record.sent_at = account.now()
    move(account, record, "Sold")
    new_letter(account, record, "Invoice", invoice_no)
    events.add(account, record, "BillogramSold", {"invoice_no": invoice_no, "sold_for": plain(record.sums.total)})


def _dunning_step(record: Record) -> Step | None:
    """The next automatic reminder, then automatic collection."""
    data = record.data
    plan = data["automatic_reminders_settings"] if data["automatic_reminders"] else []
    due = last_day(record)
    if data["reminder_count"] < len(plan):
        row = plan[data["reminder_count"]]
        return _run_on(record, due + timedelta(days=row["delay_days"])), _remind(row)
    wait = data["automatic_collection"]["delay_days"]
    if wait is None or record.sums.remaining < (data["automatic_collection"]["amount"] or 0):
        return None
    return _run_on(record, due + timedelta(days=wait)), _collect


def _remind(row: dict[str, Any]) -> Deed:
    def deed(account: Account, record: Record) -> None:
        try:
            remind(account, record, {"message": row.get("message")})
        except Refused as reason:
            record.data["reminder_count"] += 1
            events.add(account, record, "DeliveryFailed", {"message": str(reason)})

    return deed


def _collect(account: Account, record: Record) -> None:
    try:
        collect(account, record, {})
    except Refused:
        record.data["automatic_collection"] = {**record.data["automatic_collection"], "delay_days": None}
