"""A progress bar on a terminal; silence elsewhere."""

from typing import TextIO

from arapp.receivables.oneline import one_line

WIDTH = 28


class Bar:
    """Called with what is being read, how many are done and how many there are (0: unknown)."""

    def __init__(self, name: str, out: TextIO) -> None:
        self.name, self.out, self.shown = one_line(name), out, out.isatty()

    def __call__(self, what: str, done: int, total: int) -> None:
        if not self.shown:
            return
        filled = WIDTH * min(done, total) // total if total else 0
        count = f"{done}/{total}" if total else str(done)
        line = f"{self.name} {what} [{'#' * filled}{'.' * (WIDTH - filled)}] {count}"
        self.out.write(f"\r{line[:78]:<78}")
        self.out.flush()

    def close(self) -> None:
        """Wipe the bar, so that the sentence stands alone."""
        if self.shown:
            self.out.write(f"\r{'':78}\r")
            self.out.flush()
