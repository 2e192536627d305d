"""What BillOver can be told beside decisions, by name of the action."""

from collections.abc import Mapping

from arapp.receivables.records import INVOICE
from arapp.upstreams.base import CUSTOMER, Act
from arapp.upstreams.billover import forms, writing

ACTS: Mapping[str, Act] = {
    "customer.create": Act(writing.make_company, makes=CUSTOMER, find=writing.find_company),
    "customer.update": Act(writing.change_company, shows=forms.shows_company, once=True, repeatable=True),
    "invoice.upload": Act(writing.upload, shows=forms.shows_upload, makes=INVOICE, find=writing.find_upload),
    "invoice.update": Act(writing.correct, shows=forms.shows_values, once=True, repeatable=True),
    "invoice.delete": Act(writing.remove, removes=True, repeatable=True),
}
