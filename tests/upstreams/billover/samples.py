"""The payloads beside this file, read as the client reads answers: exact numbers, no floats."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from arapp.receivables.money import Money

FOLDER = Path(__file__).with_name("payloads")


def names(prefix: str = "") -> list[str]:
    return sorted(path.stem for path in FOLDER.glob(f"{prefix}*.json"))


def payload(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(), parse_float=Decimal)


def eur(text: str) -> Money:
    return Money.parse(text, "EUR")
