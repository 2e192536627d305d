"""Files in the data of the command line: a path, or name and content, kept before the data is checked."""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from arapp.actions.fields import Invalid
from arapp.actions.table import Action
from arapp.documents.files import LIMIT, Unfit, keep
from arapp.people.models import User

OBJECT = {"filename", "content"}


def with_files_kept(action: Action, data: Any, person: User | None) -> Any:
    """The data with each file under the name it is kept by. Invalid for one that is not read or not taken."""
    if not isinstance(data, Mapping):
        return data
    kept = dict(data)
    for field in action.fields:
        if field.name in kept and field.kind == "file":
            kept[field.name] = _kept(kept[field.name], field.name, person)
        elif isinstance(kept.get(field.name), list) and field.kind == "files":
            kept[field.name] = [_kept(one, f"{field.name}.{n}", person) for n, one in enumerate(kept[field.name])]
    return kept


def _kept(value: Any, path: str, person: User | None) -> Any:
    """What is neither a path nor an object stays as it is; the check of the data says so."""
    try:
        if isinstance(value, str) and value:
            return keep(_read(Path(value)), Path(value).name, person).name
        if (
            isinstance(value, Mapping)
            and set(value) == OBJECT
            and all(isinstance(part, str) for part in value.values())
        ):
            return keep(base64.b64decode(value["content"], validate=True), value["filename"], person).name
    except (Unfit, binascii.Error, ValueError) as error:
        unreadable = not isinstance(error, Unfit)
        raise Invalid({path: _("The content is not base64.") if unreadable else str(error)}) from error
    except OSError as error:
        raise Invalid({path: _("The file cannot be read: %(reason)s.") % {"reason": error.strerror}}) from error
    return value


def _read(path: Path) -> bytes:
    """No more than just over the limit, so that a file without end is refused and not read."""
    with path.open("rb") as file:
        return file.read(LIMIT + 1)
