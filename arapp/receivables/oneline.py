"""Text from outside on a line of a log or a terminal: it stays on that line and is what it looks like."""

import unicodedata


def one_line(text: object) -> str:
    """The text with everything that does not print written out, such as ``\\n``, ``\\x1b`` and ``\\u202e``.

    Line breaks of every kind, escape sequences, and marks that turn the direction of writing: a name that holds them
    can neither begin a line of its own nor hide what stands beside it.
    """
    plain = str(text)
    return plain if plain.isprintable() else "".join(map(_shown, plain))


def _shown(letter: str) -> str:
    if letter.isprintable() or unicodedata.category(letter) == "Zs":
        return letter
    return letter.encode("unicode_escape").decode("ascii")
