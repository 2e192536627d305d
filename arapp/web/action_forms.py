"""An action's fields as a form. Nothing is judged here: what ``actions`` says about the data stands beside them.

    form = sent_form(action.fields, source, request, known)
    try:
        wish = check(action, source, subject, form.data_given(), request.user)
    except Invalid as error:
        form.blame(error.problems)

A page includes ``making/_parts.html`` with ``form.parts`` and sends it as ``multipart/form-data``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from arapp.actions.fields import Field, Invalid, at
from arapp.documents import files as documents
from arapp.documents.models import StoredFile
from arapp.receivables.models import Choice, Source
from arapp.web.shown import chosen
from arapp.web.typed import FILES, Typed, as_typed, given, is_blank, leaves, typed_in, unread

NUMERIC = ("amount", "decimal", "percent", "integer", "reduction")


class Unread(Invalid):
    """What was sent cannot be read; the paths are those of the form, rows in which nothing stands counted too."""


@dataclass
class Part:
    """One field with what a template needs: a leaf has ``bound``, a group ``parts``, a list ``rows``."""

    field: Field
    path: str
    bound: forms.BoundField | None = None
    parts: list["Part"] = field(default_factory=list)
    rows: list[dict[str, "Part"]] = field(default_factory=list)
    """By name."""
    files: list[StoredFile] = field(default_factory=list)
    """What was uploaded for it."""
    problem: str = ""
    """About a whole group or list; what is about a leaf stands in ``bound.errors``."""
    filled: bool = False
    """Whether anything stands in it."""
    now: str | None = None
    """What is known by now, where something else stands in it."""

    @property
    def target(self) -> str:
        """The id of its element."""
        return f"rows-{self.path}"

    @property
    def is_wrong(self) -> bool:
        inner = [*self.parts, *(part for row in self.rows for part in row.values())]
        own = self.problem or (self.bound and self.bound.errors)
        return bool(own) or any(part.is_wrong for part in inner)


class ActionForm(forms.Form):
    """``typed`` stands in it; ``known`` is how it is now, in the words of the action's data."""

    use_required_attribute = False

    def __init__(
        self,
        fields: Sequence[Field],
        source: Source,
        typed: Typed | None = None,
        known: Mapping[str, Any] | None = None,
        customer: str = "",
    ) -> None:
        """``customer``: external id of the one whose contacts can be chosen."""
        self.action_fields, self.source, self.customer = of_service(fields, source.service), source, customer
        self.known = as_typed(self.action_fields, known or {})
        self.typed = self.known if typed is None else typed
        self.refused: dict[str, str] = {}
        """Sentences about uploads that were not kept, by path."""
        found = list(leaves(self.action_fields, self.typed))
        super().__init__({path: value for path, _field, value in found})
        self._choices = _choices(source, [leaf for _path, leaf, _value in found], customer)
        for path, leaf, value in found:
            self.fields[path] = _form_field(leaf, value, self._choices.get(leaf.of, []))
        self._at: dict[str, Part] = {}
        self.parts = self._parts_of(self.action_fields, self.typed, "", _uploaded(found))

    def _parts_of(
        self, fields: Sequence[Field], typed: Typed, path: str, files: Mapping[str, StoredFile]
    ) -> list[Part]:
        parts = []
        for each in fields:
            value = typed[each.name]
            part = Part(each, path + each.name, filled=not is_blank(each, value))
            if each.kind == "group":
                part.parts = self._parts_of(each.fields, value, f"{part.path}.", files)
            elif each.kind == "rows":
                rows = (self._parts_of(each.fields, row, f"{part.path}.{n}.", files) for n, row in enumerate(value))
                part.rows = [{inner.field.name: inner for inner in row} for row in rows]
            else:
                part.bound = self[part.path]
                part.files = [files[name] for name in names_in(value) if name in files] if each.kind in FILES else []
            self._at[part.path] = part
            parts.append(part)
        return parts

    @property
    def by_name(self) -> dict[str, Part]:
        return {part.field.name: part for part in self.parts}

    def data_given(self) -> dict[str, Any]:
        """What ``actions`` checks: what differs from what is known.

        Unread for an upload that could not be kept, and for a number that can be read in two ways.
        """
        problems = self.refused | unread(self.action_fields, self.typed)
        if problems:
            raise Unread(problems)
        return given(self.action_fields, self.typed, self.known)

    def tell_what_is_now(self) -> None:
        """Put what is known beside each value that differs from it."""
        known = {path: value for path, _field, value in leaves(self.action_fields, self.known)}
        for path, part in self._at.items():
            if part.bound and self.data[path] != known.get(path, ""):
                part.now = _in_words(part, known.get(path, ""))

    def blame(self, problems: Mapping[str, str]) -> None:
        """Put each sentence beside what it is about; one about nothing that is here, above all."""
        for path, sentence in problems.items():
            while path not in self._at and "." in path:
                path = path.rpartition(".")[0]
            part = self._at.get(path)
            if part is None:
                self.add_error(None, f"{path}: {sentence}" if path else sentence)
            elif part.bound:
                self.add_error(path, sentence)
            else:
                part.problem = sentence


def sent_form(
    fields: Sequence[Field],
    source: Source,
    request: HttpRequest,
    known: Mapping[str, Any] | None = None,
    customer: str = "",
) -> ActionForm:
    """What a person sent. Files are kept at once, so that nobody uploads one twice."""
    sent, refused = _kept(request)
    typed = typed_in(of_service(fields, source.service), sent)
    form = ActionForm(fields, source, typed, known, customer)
    form.refused = refused
    return form


def of_service(fields: Sequence[Field], service: str) -> tuple[Field, ...]:
    """The fields that exist at the service, also within groups and rows."""
    return tuple(replace(each, fields=of_service(each.fields, service)) for each in at(fields, service))


def names_in(value: str) -> list[str]:
    return [name for name in value.split(", ") if name]


def _kept(request: HttpRequest) -> tuple[QueryDict, dict[str, str]]:
    """What was sent with the names of files in the place of their contents, and why others were not kept."""
    sent, refused = request.POST.copy(), {}
    for path, uploads in request.FILES.lists():
        try:
            kept = [documents.keep(one.read(documents.LIMIT + 1), one.name, request.user) for one in uploads]
        except documents.Unfit as error:
            refused[path] = str(error)
        else:
            sent.setlist(path, [*sent.getlist(path), *(file.name for file in kept)])
    return sent, refused


def _uploaded(found: Sequence[tuple[str, Field, str]]) -> dict[str, StoredFile]:
    names = [name for _path, leaf, value in found if leaf.kind in FILES for name in names_in(value)]
    return {file.name: file for file in StoredFile.objects.filter(name__in=names)} if names else {}


def _choices(source: Source, found: Sequence[Field], customer: str) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen from the service's own lists, by kind, in one query; contacts of this customer alone."""
    kinds = {leaf.of for leaf in found if leaf.of}
    rows = Choice.objects.filter(Q(of="") | Q(of=customer), source=source, kind__in=kinds) if kinds else ()
    choices: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        choices.setdefault(row.kind, []).append((row.external_id, str(row)))
    return choices


def _form_field(leaf: Field, value: str, choices: list[tuple[str, str]]) -> forms.Field:
    """Without rules of its own: an odd value is shown as it was typed, and judged elsewhere."""
    if leaf.kind == "choice":
        choices = [(word, chosen(word)) for word in leaf.choices]
    widget = _select(choices, value) if choices else _WIDGETS.get(leaf.kind, forms.TextInput)()
    if leaf.kind in NUMERIC:
        widget.attrs["inputmode"] = "numeric" if leaf.kind == "integer" else "decimal"
    if leaf.required:
        widget.attrs["aria-required"] = "true"
    widget.attrs["autocomplete"] = "off"
    return forms.CharField(label=leaf.label, help_text=leaf.help, required=False, strip=False, widget=widget)


def _in_words(part: Part, value: str) -> str:
    """As the form would show it."""
    if part.field.kind == "yes":
        return _("Yes") if value else _("No")
    return dict(getattr(part.bound.field.widget, "choices", ())).get(value, value)


def _select(choices: list[tuple[str, str]], value: str) -> forms.Select:
    known = {key for key, _label in choices}
    odd = [(value, value)] if value and value not in known else []
    return forms.Select(choices=[("", ""), *choices, *odd])


_WIDGETS: dict[str, Any] = {
    "long": lambda: forms.Textarea(attrs={"rows": 3}),
    "day": lambda: forms.DateInput(attrs={"type": "date"}),
    "email": forms.EmailInput,
    "yes": forms.CheckboxInput,
    "file": forms.FileInput,
    "files": forms.FileInput,
}
