"""Command-line values that ``sandbox`` and ``demo`` share."""

from argparse import ArgumentParser, ArgumentTypeError

from arapp.sandbox.town import MOST

INVOICES, SEED = 600, 7


def port(text: str) -> int:
    """A TCP port, 0 for any free one; argparse's error otherwise."""
    if not text.isascii() or not text.isdigit() or int(text) > 65_533:
        raise ArgumentTypeError(f"{text} is not a port; choose one from 1024 to 65533.")
    return int(text)


def invoices(text: str) -> int:
    """How many invoices all three stand-ins hold together."""
    if not text.isascii() or not text.isdigit() or int(text) > MOST:
        raise ArgumentTypeError(f"{text} is not a number of invoices from 0 to {MOST}.")
    return int(text)


def add_size_arguments(parser: ArgumentParser, *, kept: bool = False) -> None:
    """``--invoices`` and ``--seed``; with ``kept`` they default to what was kept."""
    parser.add_argument("--invoices", type=invoices, default=None if kept else INVOICES, help="all three together")
    parser.add_argument("--seed", type=int, default=None if kept else SEED, help="the same seed gives the same data")
