"""Request bodies for the seeded data: customers, items and billograms as a client might have sent them."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from . import names
from .account import Account
from .plans import Plan
from .sums import luhn_digit

VAT_RATES = (25, 25, 25, 25, 12, 12, 6, 0)
EMAIL_LETTERS = str.maketrans("åäöÅÄÖ", "aaoaao")


def customer_body(chance: Random, number: int) -> dict[str, Any]:
    """Every seventh has no e-mail, every ninth no address, and a few have neither."""
    person = f"{chance.choice(names.FIRST_NAMES)} {chance.choice(names.LAST_NAMES)}"
    individual = chance.random() < 0.35
    firm = f"{chance.choice(names.FIRM_FRONTS)} {chance.choice(names.FIRM_ENDS)}"
    contact = {"name": person, "phone": f"07017406{chance.randrange(5, 100):02d}"}
    if number % 7 != 3:
        contact["email"] = f"{person.lower().replace(' ', '.').translate(EMAIL_LETTERS)}.{number}@example.org"
    return {
        "name": _ugly(number) or (person if individual else firm),
        "company_type": "individual" if individual else "business",
        "org_no": "" if individual else _no_real_number(chance),
        "contact": contact,
        **({} if number % 9 == 3 else {"address": _address(chance)}),
    }


def _no_real_number(chance: Random) -> str:
    """Shaped like a company's number, but with a wrong check digit, so that it is nobody's."""
    payload = f"55{chance.randrange(6000, 9999)}{chance.randrange(100, 999)}"
    wrong = (int(luhn_digit(payload)) + 1) % 10
    return f"{payload[:6]}-{payload[6:]}{wrong}"


def _ugly(number: int) -> str | None:
    """The first customers, every second one, have names that break careless code."""
    place, odd = divmod(number, 2)
    return names.UGLY_NAMES[place] if odd and place < len(names.UGLY_NAMES) else None


def _address(chance: Random) -> dict[str, str]:
    zipcode, city = chance.choice(names.CITIES)
    street = f"{chance.choice(names.STREETS)} {chance.randint(1, 99)}"
    return {"street_address": street, "zipcode": zipcode, "city": city, "country": "SE"}


def reachable_by(customer: dict[str, Any]) -> list[str]:
    """Delivery methods that would work; e-mail more often than not."""
    email, street = customer["contact"]["email"], customer["address"]["street_address"]
    return ["Email"] * 3 * bool(email) + ["Letter"] * bool(street) + ["Email+Letter"] * bool(email and street)


def item_body(chance: Random, number: int) -> dict[str, Any]:
    own_number = {"item_no": f"ART-{number:03d}"} if number % 10 == 7 else {}
    return {**own_number, **_goods(chance), "description": "Ur prislistan" if number % 3 == 0 else ""}


def _goods(chance: Random) -> dict[str, Any]:
    return {
        "title": (chance.choice(names.GOODS) + chance.choice(names.DETAILS))[:100],
        "price": _price(chance),
        "vat": chance.choice(VAT_RATES),
        "unit": chance.choice(names.UNITS),
    }


def _price(chance: Random) -> Decimal:
    cents = chance.choice(
        (chance.randrange(500, 20000), chance.randrange(1, 300) * 1000, chance.randrange(1, 30) * 9995)
    )
    return Decimal(cents).scaleb(-2)


def _count(chance: Random) -> Decimal:
    if chance.random() < 0.7:
        return Decimal(chance.randint(1, 12))
    return Decimal(chance.randrange(25, 4000)).scaleb(-2)


def _row(chance: Random, account: Account) -> dict[str, Any]:
    count = _count(chance)
    if chance.random() < 0.2:
        return {"item_no": chance.choice(list(account.items)), "count": count}
    goods = _goods(chance)
    row = {**goods, "count": count}
    if chance.random() < 0.1:
        row["discount"] = (goods["price"] * count / chance.randint(5, 20)).quantize(Decimal("0.01"))
    return row


def billogram_body(
    chance: Random, account: Account, customer: dict[str, Any], number: int, plan: Plan
) -> dict[str, Any]:
    rows = [_row(chance, account) for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 4, 5, 12)))]
    if plan.state == "Ended":
        rows = [{"title": "Gratis provleverans", "count": 1, "price": 250, "vat": 25, "discount": 250}]
    body: dict[str, Any] = {
        "customer": {"customer_no": customer["customer_no"]},
        "items": rows,
        "due_days": plan.due_days,
        "info": _info(chance, customer, account),
    }
    if plan.state != "Ended" and chance.random() < 0.15:
        body["invoice_fee"] = chance.choice((29, 25, Decimal("19.50")))
    if chance.random() < 0.25:
        body["creditor_unique_value"] = f"AR-{number:06d}"
    return body


def _info(chance: Random, customer: dict[str, Any], account: Account) -> dict[str, Any]:
    info: dict[str, Any] = {}
    if chance.random() < 0.6:
        info["our_reference"] = chance.choice(("Maj Lundin", "Åke Hedensjö", "Disa Granlid"))
    if chance.random() < 0.5:
        info["your_reference"] = customer["contact"]["name"]
    if chance.random() < 0.4:
        info |= {"order_no": f"PO-{chance.randrange(10**5):05d}", "order_date": _some_day(chance, account)}
    if chance.random() < 0.3:
        info["message"] = chance.choice(names.MESSAGES)
    return info


def _some_day(chance: Random, account: Account) -> str:
    today: date = account.switches.clock.now().date()
    return (today - timedelta(days=chance.randrange(426, 460))).isoformat()
