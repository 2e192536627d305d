"""A PostgreSQL of our own in a folder that goes away with it; never the machine's."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY_ELSE = "-c listen_addresses=127.0.0.1 -c fsync=off"


def programs() -> Path | None:
    """The folder of the newest ``initdb`` on this machine; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


class Cluster:
    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self.folder, self.bin = folder, bin_folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-p {self.port} -c unix_socket_directories={self.folder} {NOBODY_ELSE}"
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def restart(self) -> None:
        """At once, as after a crash; returns when it answers again."""
        self._run("pg_ctl", "-D", self._data, "-w", "-l", str(self.folder / "log"), "-m", "immediate", "restart")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    @property
    def _data(self) -> str:
        return str(self.folder / "db")

    def _run(self, program: str, *arguments: str) -> None:
        """As user postgres where we are root: PostgreSQL refuses to run as root."""
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*who, str(self.bin / program), *arguments]
        subprocess.run(command, cwd=self.folder, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Running until the end of the block."""
    bin_folder = programs()
    if bin_folder is None:
        raise FileNotFoundError("initdb")
    folder = Path(tempfile.mkdtemp(prefix="desk-restarts-"))
    cluster = Cluster(folder, bin_folder)
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        cluster.make()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
