"""A run's hold on its source: what it writes, it writes under its lease, or not at all."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from arapp.upstreams.models import Connection

LASTS = timedelta(seconds=60)


@dataclass(frozen=True)
class Lease:
    connection: Connection
    number: int

    def renew(self) -> bool:
        """Hold on for another minute. False when it is no longer ours.

        Within a transaction the row stays locked to its end: nobody takes over between this and the commit.
        """
        return self.connection.renew_lease(self.number, LASTS)

    def note(self, *, only: dict[str, Any] | None = None, **values: Any) -> bool:
        """Write columns of the connection, only while the lease is ours, and ``only`` where they are like this."""
        ours = Connection.objects.filter(pk=self.connection.pk, lease_number=self.number, **(only or {}))
        return bool(ours.update(**values))

    def free(self) -> None:
        self.connection.free_lease(self.number)
