"""What a BillOver workspace holds."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

ZONE = timezone(timedelta(hours=3))
"""The server's own zone, the same all year (section 9)."""

WAITING, APPROVED, REJECTED = "waiting", "approved", "rejected"
PROCESSING, FINISHED, FAILED = "processing", "finished", "failed"
PAYMENT_TYPES = ("credit_card", "cash", "bank_transfer")


@dataclass
class WorkspaceUser:
    uid: str
    user_uid: str
    email: str
    first_name: str
    last_name: str
    role_type: str


@dataclass
class Company:
    uid: str
    hf_id: str
    name: str
    created_at: datetime
    updated_at: datetime
    address: str = ""
    tax_number: str = ""
    tax_office: str = ""
    phone: str = ""
    country: str = ""
    """Never sent; what invoices of this company are made out in follows from it."""


@dataclass
class Card:
    uid: str
    hf_id: str
    created_at: datetime
    first_four_digits: str = ""
    last_four_digits: str = ""


@dataclass
class Entry:
    """One line of an invoice's history; the service's own doings have no user."""

    action: str
    created_at: datetime
    user: WorkspaceUser | None = None


@dataclass
class Document:
    name: str
    content_type: str
    content: bytes


@dataclass
class Invoice:
    uid: str
    hf_id: str
    serial: int
    created_at: datetime
    owner: WorkspaceUser | None = None
    processing_status: str = PROCESSING
    approvement_status: str = WAITING
    total_price: Decimal | None = None
    """Gross."""
    total_vat: Decimal | None = None
    currency: str | None = None
    invoice_date: date | None = None
    invoice_number: str | None = None
    language: str | None = None
    country: str | None = None
    payment_type: str | None = None
    company: Company | None = None
    card: Card | None = None
    category: dict[str, str] | None = None
    items: list[dict[str, Any]] = field(default_factory=list)
    vat_categories: list[dict[str, Any]] = field(default_factory=list)
    history: list[Entry] = field(default_factory=list)
    document: Document | None = None
    """What was uploaded; seeded invoices have their document drawn when it is asked for."""
    reads: int = 0
    stuck: bool = False
    """Processing that ends only by hand."""


def label(number: int) -> str:
    """The short label for people of the thing with this serial number; never given twice."""
    letters, within = (3, number) if number < 26**3 else (5, number - 26**3)
    scattered = (within * 8191 + 4711) % 26**letters
    return "".join(chr(65 + scattered // 26**place % 26) for place in reversed(range(letters)))
