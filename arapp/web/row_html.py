"""The markup of an invoice's row in a list. Plain ``str.format``: through Django's template engine fifty rows take
longer than everything else on the page together.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from arapp.web.standing import Standing

NOTHING = SafeString("")

ROW = '<tr id="row-{{pk}}"{{swapped}}{{polls}}>{{box}}{cells}{{ends}}</tr>'
"""Around the cells of the columns that a person sees."""
CELLS = {
    "number": '<th scope="row"><a href="{url}" title="{number}" data-panel dir="auto"{gone}>{number}</a>'
    "{credit_note}{double}</th>",
    "customer": '<td class="name">{customer}</td>',
    "source": '<td class="sourcely" title="{source} ({service})" dir="auto">{source}</td>',
    "issued": '<td class="issued">{issued}</td>',
    "due": '<td class="due" data-label="{due_label}">{due}{late}</td>',
    "gross": '<td class="num gross{gross_long}">{gross}</td>',
    "open": '<td class="num openly{open_long}" data-label="{open_label}">{open}</td>',
    "state": '<td class="stately">{state}{flags}</td>',
    "approval": '<td class="approvally">{approval}{standing}</td>',
}
FURTHER = '<td class="{css}" data-label="{label}">{place}</td>'
"""Of any other column; its value is a bare text, or markup of its own."""
TEXT = '<span class="whole" dir="auto" title="{words}">{words}</span>'
BOX = (
    '<td class="box"><input type="checkbox" form="bulk" name="ids" value="{pk}:{digest}" aria-label="{select}"'
    ' data-minor="{minor}" data-currency="{currency}" autocomplete="off"></td>'
)
SWAPPED = SafeString(' hx-swap-oob="true"')
LONG = SafeString(" long")
"""An amount that fits its column in a smaller size alone; none is ever cut."""
GONE = SafeString(' class="gone"')
CREDIT_NOTE = '<small class="quiet">{words}</small>'
CUSTOMER = '<a href="{url}" title="{name}" dir="auto">{name}</a>'
DOUBLE = '<small class="flag" title="{words}">{label}</small>'
LATE = '<small class="late">{words}</small>'
FLAGS = '<small class="flag" title="{words}">{words}</small>'
BADGE = '<span class="state s-{value}">{words}</span>'
STANDING = '<small class="standing {css}" title="{words}">{words}</small>'
POLLS = (
    ' hx-get="{url}row/?seen={seen}" hx-trigger="every 2s" hx-target="this" hx-swap="outerHTML" hx-indicator="this"'
)
ENDS = '<td class="ends"><div class="doing">{doing}</div></td>'
BUTTON = (
    '<button class="do{css}" form="bulk" formaction="{url}{name}/{seen}" name="digest" value="{digest}"'
    ' data-act="{name}" hx-post="{url}{name}/{seen}" title="{said}" aria-label="{verb} {number}: {said}"'
    ' id="do-{pk}">{label}</button>'
)
ASK = (
    '<a class="do{css}" href="{url}act/invoice.send/?next={back}" data-act="{name}" title="{said}"'
    ' aria-label="{verb} {number}: {said}" id="do-{pk}">{label}</a>'
)
"""In its place where a customer gets something: the page behind it asks once more, with receiver and amount."""
REJECT = (
    '<details class="menu end"{opened}><summary class="do{css}" data-act="reject" title="{said}">{label}'
    '<span class="unseen"> {number}</span></summary><div class="pop">{inside}</div></details>'
)
REJECT_FORM = (
    '<form method="post" action="{url}reject/" hx-post="{url}reject/">'
    '<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
    '<input type="hidden" name="digest" value="{digest}"><input type="hidden" name="next" value="{back}">'
    '<label for="why-{pk}">{why}</label><textarea id="why-{pk}" name="note" required rows="3">{typed}</textarea>'
    '{problem}<button class="button danger">{effect}</button></form>'
)
PROBLEM = '<p class="error">{words}</p>'
SENTENCE = "<p>{words}</p>"


def filled(markup: str, texts: Mapping[str, Any]) -> SafeString:
    """The markup with the texts in its places, escaped unless they are safe already."""
    safe = {name: text if type(text) is SafeString else escape(str(text)) for name, text in texts.items()}
    return SafeString(markup.format_map(safe))


def row_markup(cells: Iterable[str]) -> str:
    """The markup of a row with these cells."""
    return ROW.format(cells="".join(cells))


def further_cell(name: str, css: str, label: str) -> str:
    """The markup of a column that has no cell of its own; ``{name}`` stands where its value goes."""
    said = escape(label).replace("{", "{{").replace("}", "}}")
    return FURTHER.format(css=css, label=said, place=f"{{{name}}}")


def if_any(words: str, markup: str) -> SafeString:
    """The markup around the words, or nothing when there are none."""
    return filled(markup, {"words": words}) if words else NOTHING


def standing_html(standing: Standing | None) -> SafeString:
    return filled(STANDING, {"css": standing.css, "words": standing.words}) if standing else NOTHING


def polls_html(standing: Standing | None, url: str) -> SafeString:
    """While a decision is on its way, the row asks every two seconds how it stands."""
    return filled(POLLS, {"url": url, "seen": standing.seen}) if standing and standing.moving else NOTHING
