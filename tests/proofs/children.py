"""Real processes of the desk that start quickly: one parent has loaded everything, each command is a fork of it.

The parent reads a command per line (JSON) and answers with the process id and, when it has ended, with how it ended.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from queue import Queue
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class Child:
    """One process. ``pid`` waits until it has begun, ``wait`` until it has ended."""

    def __init__(self) -> None:
        self._began: Queue[int] = Queue()
        self._ended: Queue[dict[str, Any]] = Queue()
        self._pid: int | None = None

    @property
    def pid(self) -> int:
        if self._pid is None:
            self._pid = self._began.get(timeout=30)
        return self._pid

    def wait(self, seconds: float = 120) -> dict[str, Any]:
        """``status`` (negative: a signal), ``out``, ``result`` of a call. ``queue.Empty`` when time is over."""
        return self._ended.get(timeout=seconds)


class Children:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.proofs.children"],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._running: dict[int, Child] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    def manage(self, *arguments: str) -> Child:
        """``manage.py`` with these arguments."""
        return self._start({"manage": list(arguments)})

    def call(self, function: str, *arguments: Any) -> Child:
        """A function (``module:name``) with arguments that JSON can tell."""
        return self._start({"call": function, "arguments": list(arguments)})

    def close(self) -> None:
        self._parent.stdin.close()
        self._parent.wait(timeout=30)

    def _start(self, command: dict[str, Any]) -> Child:
        child = Child()
        with self._lock:
            number = len(self._running)
            self._running[number] = child
            self._parent.stdin.write(json.dumps({"number": number, **command}) + "\n")
            self._parent.stdin.flush()
        return child

    def _listen(self) -> None:
        for line in self._parent.stdout:
            told = json.loads(line)
            child = self._running[told["number"]]
            if "pid" in told:
                child._began.put(told["pid"])
            else:
                child._ended.put(told)


def environment() -> dict[str, str]:
    """What makes a process of the desk use the database that this process is connected to."""
    from django.db import connection

    told = connection.settings_dict
    url = f"sqlite:///{told['NAME']}"
    if connection.vendor == "postgresql":
        host = f"{told['HOST']}:{told['PORT']}" if told["PORT"] else told["HOST"]
        url = f"postgres://{told['USER']}{':' if told['PASSWORD'] else ''}{told['PASSWORD']}@{host}/{told['NAME']}"
    return {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "arapp.settings", "ARAPP_DATA": os.environ["ARAPP_DATA"]}


def _tell(told: dict[str, Any]) -> None:
    os.write(1, (json.dumps(told) + "\n").encode())


def _serve() -> None:
    """Forks for each command; a thread for each waits for its end."""
    for line in sys.stdin:
        command = json.loads(line)
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            _run(command, writer)
        os.close(writer)
        _tell({"number": command["number"], "pid": pid})
        threading.Thread(target=_reap, args=(command["number"], pid, reader)).start()


def _reap(number: int, pid: int, reader: int) -> None:
    with os.fdopen(reader) as pipe:
        out = pipe.read()
    _pid, status = os.waitpid(pid, 0)
    told, _mark, result = out.partition("\x00")
    found = {"result": json.loads(result)} if result else {}
    _tell({"number": number, "status": os.waitstatus_to_exitcode(status), "out": told, **found})


def _run(command: dict[str, Any], writer: int) -> None:
    """In the fork: what it prints goes to its own pipe."""
    os.dup2(writer, 1)
    os.dup2(writer, 2)
    status = 1
    try:
        if "manage" in command:
            from django.core.management import execute_from_command_line

            execute_from_command_line(["manage.py", *command["manage"]])
        else:
            module, _colon, name = command["call"].partition(":")
            found = getattr(__import__(module, fromlist=[name]), name)(*command["arguments"])
            sys.stdout.write("\x00" + json.dumps(found))
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException as error:
        sys.stdout.write(f"{type(error).__name__}: {error}")
    finally:
        sys.stdout.flush()
        os._exit(status)


def _load() -> None:
    """Everything a command imports, so that a fork begins at once. No connection is opened here."""
    import django

    django.setup()
    from django.core.management import get_commands, load_command_class

    for name in ("sync", "push"):
        load_command_class(get_commands()[name], name)
    import tests.proofs.races  # noqa: F401


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "arapp.settings")
    _load()
    _serve()
