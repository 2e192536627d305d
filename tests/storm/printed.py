"""The counts of many schedules in a few lines."""

from collections import Counter

MAIN = ("schedules", "pulls", "pushes", "requests", "commits", "deaths", "decisions", "intents", "effects", "rows")
GROUPS = ("schedules ", "fault ", "death at ", "agreed ")


def printed(counts: Counter[str]) -> str:
    """What was done, what went wrong on purpose, and how soon both sides agreed afterwards."""
    others = [name for name in counts if name not in MAIN and not name.startswith(GROUPS)]
    faults = sum(count for name, count in counts.items() if name.startswith("fault "))
    lines = [", ".join(f"{counts[name]} {name}" for name in MAIN) + f", {faults} faults"]
    for group in GROUPS:
        found = sorted(name for name in counts if name.startswith(group))
        if found:
            lines.append(
                f"{group.strip()}: " + ", ".join(f"{name.removeprefix(group)} {counts[name]}" for name in found)
            )
    lines.append("also: " + ", ".join(f"{name} {counts[name]}" for name in sorted(others)))
    return "\n".join(lines)
