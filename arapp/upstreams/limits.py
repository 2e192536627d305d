"""What limits our calls to a source across processes, as ``Http`` sees it."""

from collections.abc import Mapping
from typing import Protocol


class Pace(Protocol):
    """What limits our calls across processes. The default limits nothing."""

    def wait(self) -> float:
        """Seconds to wait before the next call. Throttled when that is longer than a run may wait."""

    def heard(self, headers: Mapping[str, str]) -> None:
        """Learn from the headers (names in lower case) of an answer."""


class NoPace:
    def wait(self) -> float:
        return 0.0

    def heard(self, headers: Mapping[str, str]) -> None:
        return None
