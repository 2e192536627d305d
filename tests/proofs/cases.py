"""Running many seeded cases: those that failed once first, a line for each failure, counts at the end."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

FAILED = Path(__file__).with_name("failed_seeds.txt")
"""One ``proof seed`` a line; every later run tries these first."""


@dataclass
class Outcome:
    troubles: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@dataclass
class Tally:
    proof: str
    stated: int
    ran: int = 0
    failed: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        ran, failed = self.ran + other.ran, [*self.failed, *other.failed]
        seconds = self.seconds + other.seconds
        return Tally(self.proof, self.stated, ran, failed, self.counts + other.counts, seconds)

    @property
    def ok(self) -> bool:
        return not self.failed and self.ran >= self.stated

    @property
    def line(self) -> str:
        counts = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        verdict = "all hold" if self.ok else f"{len(self.failed)} FAILED"
        few = "" if self.ran >= self.stated else f", FEWER than the {self.stated} stated"
        return f"{self.proof}: {self.ran} cases{few}, {verdict}; {counts}; {self.seconds:.1f} s"


def run(proof: str, stated: int, case: Callable[[int], Outcome], first_seed: int = 1) -> Tally:
    """``stated`` cases from ``first_seed`` on, and before them those that failed once. Never raises for a case."""
    tally, began = Tally(proof, stated), time.perf_counter()
    for seed in dict.fromkeys([*_failed(proof), *range(first_seed, first_seed + stated)]):
        try:
            outcome = case(seed)
        except Exception as error:
            outcome = Outcome([f"{type(error).__name__}: {error}"])
        tally.ran += 1
        tally.counts += outcome.counts
        if outcome.troubles:
            tally.failed.append(f"{proof} seed={seed} {'; '.join(outcome.troubles[:4])}")
            print(tally.failed[-1], flush=True)
            _remember(proof, seed)
    tally.seconds = time.perf_counter() - began
    return tally


def _failed(proof: str) -> list[int]:
    lines = FAILED.read_text(encoding="utf-8").split("\n") if FAILED.exists() else []
    return [int(line.split()[1]) for line in lines if line.startswith(f"{proof} ")]


def _remember(proof: str, seed: int) -> None:
    if seed not in _failed(proof):
        with FAILED.open("a", encoding="utf-8") as file:
            file.write(f"{proof} {seed}\n")
