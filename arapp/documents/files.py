"""Files under random names outside of the web root: what people upload and what services gave us.

The type is told from the content, never from the name or from what a browser says; nothing is parsed.
"""

import hashlib
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from arapp.documents.models import StoredFile

LIMIT = 10 * 1024 * 1024
BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
ENDINGS = {"application/pdf": (".pdf",), "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg")}
ANYTHING = "application/octet-stream"
LONGEST_STEM = 150


class Unfit(ValueError):
    """A file that is not kept, or not here. The text is a sentence for people."""


def type_of(content: bytes) -> str:
    """The type by how the content begins; "" when it is none that we take."""
    return next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), "")


def keep(content: bytes, filename: str, person: Any = None) -> StoredFile:
    """Store a person's file. Unfit when it is empty, longer than 10 MB, or of a type that we do not take."""
    if not content:
        raise Unfit(_("The file is empty."))
    if len(content) > LIMIT:
        raise Unfit(_("The file is larger than 10 MB."))
    if not type_of(content):
        raise Unfit(_("This is neither a PDF nor a PNG or JPEG picture, whatever its name says."))
    return store(content, filename, person)


def store(content: bytes, filename: str, person: Any = None) -> StoredFile:
    """Store any file, such as a service's; one of a type that we do not know is never shown in a browser."""
    kind = type_of(content) or ANYTHING
    return StoredFile.objects.create(
        name=_written(content),
        filename=_offered_as(filename, kind),
        content_type=kind,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        person=person,
    )


def content(file: StoredFile) -> bytes:
    """The file's bytes. Unfit when it is not on this machine any more."""
    try:
        with open(os.open(_path(file.name), os.O_RDONLY | os.O_NOFOLLOW), "rb") as opened:
            return opened.read()
    except OSError as error:
        raise Unfit(_("The file “%(name)s” is not here any more.") % {"name": file.filename}) from error


def is_here(file: StoredFile) -> bool:
    """Whether its bytes are on this machine."""
    path = _path(file.name)
    return path.is_file() and not path.is_symlink()


def forget(file: StoredFile) -> None:
    """Remove a file that nothing names."""
    file.delete()
    _path(file.name).unlink(missing_ok=True)


def names_in(data: Mapping[str, Any]) -> list[str]:
    """The names of files in an action's data, under ``file`` and ``attachments``."""
    return ([data["file"]] if data.get("file") else []) + list(data.get("attachments") or [])


def named_in(data: Mapping[str, Any]) -> list[StoredFile]:
    """The files that an action's data names."""
    names = names_in(data)
    return list(StoredFile.objects.filter(name__in=names)) if names else []


def _path(name: str) -> Path:
    return Path(settings.DATA_DIR) / "files" / name


def _written(content: bytes) -> str:
    """The random name of a new file that nobody else may read. Unfit when the disk does not take it."""
    name = secrets.token_hex(24)
    path = _path(name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as opened:
            opened.write(content)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise Unfit(_("The file cannot be stored here: %(problem)s.") % {"problem": error.strerror}) from error
    return name


def _offered_as(filename: str, kind: str) -> str:
    """The last part of the name, with an ending that fits the type; it is never a path here."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in last if letter.isprintable()).strip(" .") or "file"
    stem, dot, ending = plain.rpartition(".")
    fits = ENDINGS.get(kind, (f".{ending.lower()}",))
    if dot and f".{ending.lower()}" in fits:
        return f"{stem[:LONGEST_STEM]}.{ending[:10]}"
    return plain[:LONGEST_STEM] + fits[0] if kind in ENDINGS else plain[:LONGEST_STEM]
