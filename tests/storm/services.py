"""The three services of the weather."""

from tests.storm.billogram import BillogramHands
from tests.storm.billomat import BillomatHands
from tests.storm.billover import BilloverHands
from tests.storm.hands import Hands

HANDS: dict[str, type[Hands]] = {
    "billogram": BillogramHands,
    "billover": BilloverHands,
    "billomat": BillomatHands,
}
