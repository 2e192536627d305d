"""The states of a billogram (reference section 7.1)."""

DRAFT = frozenset({"Unattested"})
REMINDED = ("Reminder_1", "Reminder_2", "Reminder_3", "Reminder_Many")
UNPAID_FAMILY = frozenset({"Unpaid", "PartlyPaid", "Overdue", *REMINDED})
WITH_COLLECTOR = frozenset({"Collecting", "Collection"})
OPEN = UNPAID_FAMILY | WITH_COLLECTOR
FACTORING = frozenset({"Factoring", "FactoringDenied"})
ENDED = frozenset({"CollectorEnded", "Sold", "Paid", "Credited", "Ended"})
CHANGEABLE = DRAFT | UNPAID_FAMILY | {"FactoringDenied"}
ALL = DRAFT | OPEN | FACTORING | ENDED | {"Sending", "Deleted"}


def reminded(times: int) -> str:
    return REMINDED[min(times, len(REMINDED)) - 1]
