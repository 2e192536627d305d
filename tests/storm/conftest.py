"""The counts of the weather at the end of every run, whoever ran it."""

from collections import Counter
from typing import Any

import pytest

from tests.storm.printed import printed


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    counts: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") == "call":
                for name, count in report.user_properties:
                    if name.startswith("storm "):
                        counts[name.removeprefix("storm ")] += count
    if counts:
        terminalreporter.section("weather")
        terminalreporter.write_line(printed(counts))
