"""Making and changing customers, items and invoices: one form, step by step, until it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from arapp.actions.allowed import ability_for, why_not
from arapp.actions.doing import check, digest_of, effect
from arapp.actions.fields import Field
from arapp.actions.stakes import currency_for
from arapp.actions.states import is_draft
from arapp.actions.table import Action
from arapp.actions.wishes import Refused, Stale, Subject, Wish
from arapp.receivables.models import Customer, Invoice, Item, Service, Source
from arapp.receivables.money import Money
from arapp.upstreams.details import read_now
from arapp.web.acting import TOKEN, digest_seen, is_confirmed, new_token
from arapp.web.action_forms import ActionForm, Part, of_service, sent_form
from arapp.web.form_sums import Shown, sums_shown
from arapp.web.makers import EDITS
from arapp.web.opening import opening, read_contacts
from arapp.web.picking import customers_found, items_found, line_of
from arapp.web.said import said
from arapp.web.typed import Typed, as_typed, kept, leaves, stepped

CUSTOMER, ITEM = "customer:", "item:"
ISSUED = "customer lines issue_date due_date due_days currency reference order_no title intro note".split()
KNOWN_BY = "name number kind org_no vat_no email phone contact address".split()
FIRST = {
    "invoice.create": ISSUED,
    "invoice.update": ISSUED,
    "invoice.upload": ["file"],
    "customer.create": KNOWN_BY,
    "customer.update": KNOWN_BY,
}
"""The fields that are not behind “More”; where nothing is named, or an invoice has no lines to write, all."""
BESIDE_SENDING = ("send", "method")


@dataclass
class Making:
    """One form of one action. ``subject`` is what is changed; None where something is made."""

    request: HttpRequest
    action: Action
    source: Source
    subject: Subject = None
    status: int = 200
    refusal: Refused | None = None
    asks: str = ""
    """Exactly what will happen, where a person is asked once more."""
    read_problem: str = field(default="", init=False)

    def __post_init__(self) -> None:
        if self.subject is not None and self.subject.form is None and self.changes_it and not self.against:
            self.read_problem = said(read_now(self.subject))

    @property
    def changes_it(self) -> bool:
        """Whether the form holds what it is about; other actions only concern it."""
        return self.action.name in EDITS

    @cached_property
    def against(self) -> str:
        """Why it cannot be done at all; "" when it can."""
        return why_not(self.action, self.source, self.subject, self.request.user)

    @property
    def is_forbidden(self) -> bool:
        """Whether it takes another role."""
        return not self.request.user.can(ability_for(self.action, self.subject))

    # The form

    @property
    def known(self) -> dict[str, Any]:
        return (self.subject.form or {}) if self.subject and self.changes_it else {}

    @cached_property
    def form(self) -> ActionForm:
        """As it was sent, with the step that was asked for; else as it opens."""
        fields = of_service(self.action.fields, self.source.service)
        sent = sent_form(fields, self.source, self.request, self.known) if self.request.method == "POST" else None
        typed = self._stepped(fields, sent.typed) if sent else self._opened(fields)
        customer = self.subject.external_id if isinstance(self.subject, Customer) else typed.get("customer", "")
        if sent is None or self.step.startswith(CUSTOMER):
            read_contacts(self.source, fields, customer)
        form = ActionForm(fields, self.source, self._with_a_row(fields, typed), self.known, customer)
        form.refused = sent.refused if sent else {}
        self._focus(form)
        return form

    def _opened(self, fields: Sequence[Field]) -> Typed:
        return as_typed(fields, self.known | opening(self.action, self.source, self.request.GET))

    def _focus(self, form: ActionForm) -> None:
        """On the row that was just added."""
        last = f"lines.{len(form.typed.get('lines', ())) - 1}"
        name = {"add:lines": "title"}.get(self.step, "quantity" if self.step.startswith(ITEM) else "")
        if name and f"{last}.{name}" in form.fields:
            form.fields[f"{last}.{name}"].widget.attrs["autofocus"] = True

    def _stepped(self, fields: Sequence[Field], typed: Typed) -> Typed:
        step = self.step
        if step.startswith(CUSTOMER):
            return typed | {"customer": step.removeprefix(CUSTOMER)}
        if step.startswith(ITEM):
            return self._with_item(fields, typed, step.removeprefix(ITEM))
        return stepped(fields, typed, step)

    def _with_item(self, fields: Sequence[Field], typed: Typed, external_id: str) -> Typed:
        item = Item.objects.filter(source=self.source, external_id=external_id).first()
        lines = next((one for one in fields if one.name == "lines"), None)
        if item is None or lines is None:
            return typed
        return typed | {"lines": [*typed["lines"], as_typed(lines.fields, line_of(item))]}

    def _with_a_row(self, fields: Sequence[Field], typed: Typed) -> Typed:
        """A list that needs a row shows one to begin with."""
        bare = [one for one in fields if one.kind == "rows" and one.required and not typed[one.name]]
        return typed | {one.name: [as_typed(one.fields, {})] for one in bare}

    # Steps

    @property
    def step(self) -> str:
        """The button that was pressed, other than the one that stores."""
        return kept(self.request.POST.get("step", ""))

    @cached_property
    def token(self) -> str:
        return self.request.POST.get("token", "") or new_token()

    @cached_property
    def digest(self) -> str:
        """Of what the person saw."""
        if self.request.method == "POST":
            return digest_seen(self.request.POST.get("digest", ""), self.subject)
        return digest_of(self.subject) if self.subject else ""

    def wish(self) -> Wish:
        """What was sent, checked. Invalid or Refused. What was sent before under this form's token is no new wish."""
        data = self.form.data_given() | {TOKEN: self.token}
        wish = check(self.action, self.source, self.subject, data, self.request.user, self.digest)
        if wish.earlier and any(wish.earlier.data.get(name) != value for name, value in wish.data.items()):
            raise Refused(_("This form was sent already, with other values. Open it anew."))
        return wish

    def take(self, refusal: Refused) -> None:
        """Show why it was not taken, beside its field or above all."""
        if refusal.field:
            self.form.blame({refusal.field: refusal.sentence})
        else:
            self.refusal = refusal
        self.status = 422 if refusal.field else 409
        if isinstance(refusal, Stale):
            self._show_what_is_now()

    def _show_what_is_now(self) -> None:
        """The same form again; who has seen what changed meanwhile may send it."""
        self.digest = digest_of(self.subject)
        if self.changes_it:
            self.form.tell_what_is_now()

    def must_ask(self, wish: Wish) -> bool:
        """Whether it reaches a customer or cannot be undone, and nobody has said yes to just what it will do now."""
        final = self.action.irreversible or wish.data.get("send") or self._reaches_a_customer()
        if not final or wish.earlier:
            return False
        self.asks = effect(wish)
        return not is_confirmed(self.asks, self.request)

    def _reaches_a_customer(self) -> bool:
        """Of what is issued already, a change makes a further invoice that is sent."""
        issued = isinstance(self.subject, Invoice) and not is_draft(self.subject)
        return issued and self.source.service == Service.BILLOGRAM

    # For the templates

    @property
    def query(self) -> str:
        """What the address of the form keeps: the source of something new."""
        return "" if self.subject else f"source={self.source.pk}"

    @property
    def currency(self) -> str:
        return currency_for(self.source, self.subject, self.form.typed)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        return [(path, value) for path, _field, value in leaves(self.form.action_fields, self.form.typed) if value]

    @property
    def first(self) -> list[Part]:
        return [part for part in self._content if self._is_first(part)]

    @property
    def more(self) -> list[Part]:
        return [part for part in self._content if not self._is_first(part)]

    @property
    def _content(self) -> list[Part]:
        return [part for part in self.form.parts if part.field.name not in BESIDE_SENDING]

    def _is_first(self, part: Part) -> bool:
        named = FIRST.get(self.action.name)
        whole = named is None or (named is ISSUED and "lines" not in self.form.by_name)
        return whole or part.field.name in named

    @property
    def more_open(self) -> bool:
        return any(part.is_wrong for part in self.more)

    @property
    def sending(self) -> list[Part]:
        return [part for part in self.form.parts if part.field.name in BESIDE_SENDING]

    @cached_property
    def customer(self) -> Customer | None:
        """The one that is chosen."""
        wanted = self.form.typed.get("customer", "")
        return Customer.objects.filter(source=self.source, external_id=wanted).first() if wanted else None

    @property
    def sought_customer(self) -> str:
        return self.request.POST.get("find_customer", "").strip()

    @property
    def sought_item(self) -> str:
        """Nothing any more once an item was taken."""
        return "" if self.step.startswith(ITEM) else self.request.POST.get("find_item", "").strip()

    def customers(self) -> list[Customer]:
        return list(customers_found(self.source, self.sought_customer))

    def items(self) -> list[Item]:
        """Nothing until something is searched for: the catalogue may be long, and a line need not come from it."""
        return list(items_found(self.source, self.sought_item)) if self.sought_item else []

    @property
    def lines(self) -> list[tuple[dict[str, Part], Money | None, Item | None]]:
        """Each line with what it comes to, as far as that is known, and the item of the catalogue it names."""
        rows = self.form.by_name["lines"].rows
        named = [row["item"].bound.value() for row in rows]
        items = {item.external_id: item for item in Item.objects.filter(source=self.source, external_id__in=named)}
        return [(row, self.sums.amounts.get(n), items.get(named[n])) for n, row in enumerate(rows)]

    @property
    def has_steps(self) -> bool:
        """Whether there are buttons that do not store: then Enter must not press the first of them."""
        return any(part.field.kind in ("rows", "customer") for part in self.form.parts)

    @property
    def verb(self) -> str:
        """For the button that is pressed once more."""
        if self.action.irreversible:
            return str(self.action.label)
        return _("Change it") if self.subject else _("Make and send it")

    @property
    def save_words(self) -> str:
        """For the button that stores."""
        if self.subject and not self.changes_it:
            return str(self.action.label)
        words = _("Save at %(service)s") if self.subject else _("Make it at %(service)s")
        if self.action.name == "invoice.upload":
            words = _("Upload to %(service)s")
        return words % {"service": self.source.get_service_display()}

    @property
    def back(self) -> str:
        """Where one comes from who leaves without storing."""
        if self.subject:
            return reverse(self.subject._meta.model_name, args=[self.subject.pk])
        return reverse(f"{self.action.name.partition('.')[0]}s")

    @cached_property
    def sums(self) -> Shown | None:
        """None for what has no lines to add up."""
        return sums_shown(self.source, self.subject, self.form.typed) if "lines" in self.form.typed else None
