"""Clients and contacts to start with; every fourth of the first has a name that breaks careless code."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from arapp.sandbox.billomat import seed_words as said
from arapp.sandbox.billomat.wire import Row

if TYPE_CHECKING:
    from arapp.sandbox.billomat.app import Billomat


def seed_clients(service: "Billomat", random: Random, count: int) -> None:
    clients = service.tables["clients"]
    for at in range(count):
        service.at(service.now() + timedelta(minutes=3), service.user_id)
        row = clients.create(_client(random, at))
        if random.random() < 0.08 and at:
            clients.update(row, {"archived": True})
        for number in range(random.choice((0, 0, 1, 1, 2))):
            service.tables["contacts"].create(_contact(random, row, number))
        if random.random() < 0.15:
            service.tables["client-tags"].create({"client_id": row["id"], "name": random.choice(said.TAGS)})


def _client(random: Random, at: int) -> Row:
    first, last = random.choice(said.FIRST), random.choice(said.LAST)
    firm = f"{random.choice(said.TRADES)} {last} {random.choice(said.FORMS)}"
    ugly = at % 4 == 3 and at // 4 < len(said.UGLY)
    zip_code, city = random.choice(said.CITIES)
    row: Row = {"name": said.UGLY[at // 4] if ugly else firm, "first_name": first, "last_name": last}
    row |= {"salutation": random.choice(("Frau", "Herr", "")), "zip": zip_code, "city": city}
    row["street"] = f"{random.choice(said.STREETS)} {random.randint(1, 180)}"
    row["email"] = f"kunde{at + 1}@example.org" if random.random() < 0.85 else ""
    row["phone"] = f"+49 30 555{random.randint(1000, 9999)}" if random.random() < 0.6 else ""
    row["vat_number"] = f"DE{random.randint(100000000, 999999999)}" if random.random() < 0.5 else ""
    row["country_code"] = random.choice(("DE",) * 9 + ("AT", "CH"))
    return row


def _contact(random: Random, client: Row, number: int) -> Row:
    first, last = random.choice(said.FIRST), random.choice(said.LAST)
    label = ("Buchhaltung", "Einkauf")[number]
    mail = f"kontakt{client['number']}-{number + 1}@example.org" if random.random() < 0.7 else ""
    return {"client_id": client["id"], "label": label, "first_name": first, "last_name": last, "email": mail}
