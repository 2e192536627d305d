"""Exports: a download of the invoices as BillOver lays them out (section 11)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from arapp.receivables.records import mapping
from arapp.upstreams.base import Document, Gone, NotReady
from arapp.upstreams.billover.calls import INVOICE_LIST, explain, openable
from arapp.upstreams.http import Answer, BadAnswer, Http, LostAnswer, Rejected, Unreachable

DEADLINE = 120.0
"""Seconds; large sets are slow."""
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"export-csv": ("text/csv", "csv"), "export-xlsx": (EXCEL, "xlsx")}
FROM, TO = ("created_at_from_date", "from_date"), ("created_at_to_date", "to_date")
"""Every spelling of the days in between that is sent (A2)."""


def export(http: Http, name: str, data: Mapping[str, Any]) -> Document:
    """``data``: ``from`` and ``to`` as days of upload, both optional. NotReady while it is being made."""
    if name not in TYPES:
        raise Gone(_("BillOver has no report of that name."))
    days = {key: data[word] for word, keys in (("from", FROM), ("to", TO)) if data.get(word) for key in keys}
    answer = _asked(http, f"{INVOICE_LIST}{name}", days)
    kind, ending = TYPES[name]
    said = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said == "application/json":
        answer = http.download(openable(_address(answer)))
    elif said != kind:
        raise BadAnswer(_("BillOver answered with something else than the file that was asked for."))
    return Document(answer.body, kind, f"invoices.{ending}")


def _asked(http: Http, path: str, days: Mapping[str, str]) -> Answer:
    """The filters go into query and body, since the reference leaves open which of them is read."""
    try:
        answer = http.write(
            "POST", path, query=tuple(days.items()), json_body=days, headers={"Accept": "*/*"}, deadline=DEADLINE
        )
    except LostAnswer as error:
        raise Unreachable(_("BillOver did not give the file; try again, with fewer days.")) from error
    except Rejected as error:
        explain(error)
    if answer.status == 202:
        raise NotReady(_("BillOver is still making the file; ask again later."))
    return answer


def _address(answer: Answer) -> str:
    """The first address in the answer; "" for none. Under which key it stands is not documented."""
    texts = (value for value in mapping(answer.json()).values() if isinstance(value, str))
    return next((text for text in texts if text.startswith(("https://", "http://"))), "")
