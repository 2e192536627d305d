"""Which seeds are run: those that failed once come first, in every run from then on."""

from pathlib import Path

FAILED = Path(__file__).parent / "failed_seeds.txt"

Case = tuple[str, int, bool]
"""Service, seed, and whether it goes over real HTTP."""


def failed(service: str | None = None) -> list[Case]:
    """The seeds that failed once, in the order in which they did."""
    lines = (line.split() for line in FAILED.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    cases = [(line[0], int(line[1]), "http" in line[2:]) for line in lines]
    return [case for case in dict.fromkeys(cases) if service in (None, case[0])]


def remember(service: str, seed: int, over_http: bool) -> None:
    """Note a seed that failed, once."""
    if (service, seed, over_http) not in failed():
        with FAILED.open("a", encoding="utf-8") as file:
            file.write(f"{service} {seed}{' http' if over_http else ''}\n")


def cases(services: tuple[str, ...], first: int, schedules: int, over_http: int) -> list[Case]:
    """So many schedules, spread evenly over the services; ``over_http`` of them take real sockets."""
    every = schedules // over_http if over_http else 0
    found = []
    for number in range(schedules):
        by_socket = bool(every) and number % every == every - 1 and number // every < over_http
        found.append((services[number % len(services)], first + number // len(services), by_socket))
    return found
