import string
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from arapp.receivables.money import AmountError
from arapp.receivables.records import (
    INVOICE,
    NamedRecord,
    Unreadable,
)
from arapp.upstreams.billomat import mapping
from arapp.upstreams.billomat.parts import Parts, whole
from tests.upstreams.billomat.samples import only, rows

USERS = {"3": NamedRecord(external_id="3", name="Merle Osterkamp")}

SCALARS = st.none() | st.booleans() | st.integers() | st.text(string.printable, max_size=12) | st.decimals(places=3)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
NAMES = sorted(only("invoice-open").keys() | rows("clients-many")[0].keys() | rows("invoice-items-one")[0].keys())
ODD = st.dictionaries(st.sampled_from([*NAMES, "actionkey", "comment", "amount", "type"]), ANYTHING, max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["invoice-open", "invoice-draft", "invoice-paid-with-discount"]), ODD, ANYTHING)
def test_an_odd_payload_is_read_or_refused_with_a_reason_and_nothing_else(name, odd, other):
    for read in (mapping.customer, lambda row: mapping.document(INVOICE, row), mapping.user, mapping.article):
        for payload in (only(name) | odd, odd, other):
            with suppress(Unreadable, AmountError):
                assert read(payload).external_id


@settings(max_examples=300, deadline=None)
@given(ODD, ANYTHING)
def test_odd_parts_are_read_or_refused_with_a_reason_and_nothing_else(odd, other):
    parts = Parts(
        items=[rows("invoice-items-one")[0] | odd],
        comments=[rows("invoice-comments-one")[0] | odd],
        payments=[rows("invoice-payments-one")[0] | odd],
        tags=[rows("invoice-tags-one")[0] | odd],
        users=USERS,
    )
    for given_parts in (parts, Parts(items=[other]), Parts(tags=[other, odd])):
        with suppress(Unreadable, AmountError):
            assert whole(INVOICE, only("invoice-open") | odd, given_parts).detail


def test_null_and_what_is_no_text_keep_what_is_stored_and_empty_values_clear_it():
    row = only("invoice-draft")
    for odd, found in ((None, None), ({"odd": 1}, None), (["odd"], None), ({}, ""), ("", "")):
        record = mapping.document("invoice", {**row, "title": odd, "address": odd})
        assert (record.title, record.receiver_address) == (found, found)
