"""Billomat's writes over HTTP, each sent once (reference sections 2.4, 2.8 and 3.3)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from arapp.upstreams.base import Gone
from arapp.upstreams.billomat.calls import Calls, path_of
from arapp.upstreams.billomat.walks import key
from arapp.upstreams.billomat.wire import single
from arapp.upstreams.http import Answer, BadAnswer, LostAnswer, Rejected

Fields = Mapping[str, Any]


class Writes:
    """What an account is told. Each raises what ``Adapter.carry_out`` raises."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls

    def make(self, plural: str, singular: str, fields: Fields) -> str:
        """POST into a collection; the id of what was made. LostAnswer when the answer does not name it."""
        answer = self._send("POST", f"/{plural}", {singular: fields})
        try:
            made = key(single(answer.object(), singular))
        except BadAnswer:
            made = ""
        if not made:
            sentence = _("Billomat's answer has no %(what)s in it; whether it is there is being checked.")
            raise LostAnswer(sentence % {"what": singular})
        return made

    def change(self, plural: str, singular: str, external_id: str, fields: Fields) -> None:
        """PUT of some fields of one object; the others keep their values (2.1)."""
        _check_own(self._send("PUT", path_of(plural, external_id), {singular: fields}))

    def remove(self, plural: str, external_id: str) -> None:
        """DELETE of one object. Gone when it was not there any more."""
        try:
            _check_own(self._send("DELETE", path_of(plural, external_id)))
        except Rejected as refusal:
            if refusal.status != 404:
                raise
            raise Gone(_("Billomat does not have it any more.")) from refusal

    def act(self, method: str, path: str, body: Fields | None = None) -> None:
        """An action of one object, such as ``complete``; it answers with an empty body (2.4)."""
        _check_own(self._send(method, path, body))

    def _send(self, method: str, path: str, body: Fields | None = None) -> Answer:
        try:
            return self.calls.http.write(method, path, json_body=body)
        except Rejected as refusal:
            self.calls.check_key(refusal)
            raise


def _check_own(answer: Answer) -> None:
    """Nothing, or JSON: a page in its place tells nothing of what became of the write."""
    if not answer.body.strip():
        return
    try:
        answer.json()
    except BadAnswer as error:
        raise LostAnswer(_("Billomat's answer is not its own; whether it acted is being checked.")) from error
