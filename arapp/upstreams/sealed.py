"""All secrets that the database holds encrypted: which of them our keys open, and bringing them under the newest."""

from collections.abc import Iterator

from django.db import Error
from django.db.models import Model
from django.utils.translation import gettext as _

from arapp.receivables.oneline import one_line
from arapp.upstreams.models import Connection, Hook
from arapp.upstreams.secrets import SecretLost, opens, renewed

SEALED: tuple[tuple[type[Model], str], ...] = ((Connection, "secret"), (Hook, "key"), (Hook, "old_key"))


def _tokens() -> Iterator[tuple[type[Model], str, int, str, str]]:
    """Model, field, primary key, name of the source, and the encrypted text of each stored secret."""
    for model, field in SEALED:
        held = model.objects.exclude(**{field: ""}).order_by("source__name")
        for row in held.values_list("pk", "source__name", field):
            yield model, field, *row


def unopened() -> list[str]:
    """Names of the sources with a secret that none of our keys opens."""
    return list(dict.fromkeys(name for *_place, name, token in _tokens() if not opens(token)))


def warning() -> str:
    """One sentence for whoever starts a process of the desk; "" when all is well or nothing is stored yet."""
    try:
        names = unopened()
    except Error:
        return ""
    if not names:
        return ""
    sentence = _(
        "ENCRYPTION_KEY does not open the stored secrets of %(sources)s; nothing is read or sent there. "
        "Put the old key behind the new one, or connect them anew."
    )
    return sentence % {"sources": ", ".join(map(one_line, names))}


def bring_under_newest() -> tuple[int, list[str]]:
    """Encrypt each secret with the newest key: how many were, and the sources with one that none of our keys opens.

    Repeated, it writes nothing. A secret that somebody stores meanwhile stays as it is stored.
    """
    count, lost = 0, []
    for model, field, pk, name, token in list(_tokens()):
        try:
            fresh = renewed(token)
        except SecretLost:
            lost.append(name)
            continue
        if fresh != token:
            count += model.objects.filter(pk=pk, **{field: token}).update(**{field: fresh})
    return count, list(dict.fromkeys(lost))
