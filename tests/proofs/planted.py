"""Twenty bugs, each planted into a copy of this tree: whether the part of the suite that should see it does.

Nothing is changed in place. A bug whose place is not found any more counts as not caught: then it is to be planted
anew. Each check has to hold in the copy as it is, or its failing would prove nothing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.proofs.cases import Tally
from tests.proofs.children import ROOT

LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", ".data", ".hypothesis", "__pycache__", "*.egg-info")
WITHIN = 900
"""Seconds a check may take."""


@dataclass(frozen=True)
class Bug:
    name: str
    path: str
    true: str
    """Occurs once in the file."""
    false: str
    check: tuple[str, ...]
    """What follows ``python -m``."""


def _tests(*arguments: str) -> tuple[str, ...]:
    return ("pytest", "-q", "-x", *arguments)


def _storm(service: str, schedules: int) -> tuple[str, ...]:
    return ("tests.storm", "--service", service, "--schedules", str(schedules))


LOST = ("tests.proofs", "lost", "--cases", "40")
RACES = ("tests.proofs", "races")
ENDS, PUSH = "tests/upstreams/test_push_ends.py", "tests/upstreams/test_push.py"

BUGS = (
    Bug(
        "an intent is claimed whatever its version",
        "arapp/outbox/models.py",
        "Intent.objects.filter(pk=self.pk, state=self.state, version=self.version).update(",
        "Intent.objects.filter(pk=self.pk).update(",
        _tests("tests/approvals/test_races.py"),
    ),
    Bug(
        "an approval is moved whatever its version",
        "arapp/approvals/models.py",
        "Approval.objects.filter(Exists(same_content), pk=self.pk, state=before, version=self.version)",
        "Approval.objects.filter(Exists(same_content), pk=self.pk)",
        RACES,
    ),
    Bug(
        "a page is written without the lease",
        "arapp/upstreams/reading.py",
        "        if not self.lease.renew():\n            raise LeaseLost\n",
        "        self.lease.renew()\n",
        _tests("tests/upstreams/test_lease.py"),
    ),
    Bug(
        "a lease is given while another holds it",
        "arapp/upstreams/models.py",
        "Connection.objects.filter(pk=self.pk).exclude(lease_until__gt=Now())",
        "Connection.objects.filter(pk=self.pk)",
        _tests("tests/upstreams/test_lease.py"),
    ),
    Bug(
        "the cursor is set before the rows are there",
        "arapp/upstreams/walker.py",
        "        self._walk_lists(None if whole else self._since(), start)\n",
        "        since = None if whole else self._since()\n"
        "        self._stand(start.began, whole, forget_consent=False)\n"
        "        self._walk_lists(since, start)\n",
        _storm("billogram", 60),
    ),
    Bug(
        "a write is tried again",
        "arapp/upstreams/http.py",
        "        except (*BROKEN, BadAnswer) as error:\n",
        "        except (*BROKEN, BadAnswer):\n"
        "            answer = self._once(method, path, body=body, headers=extra, deadline=deadline)\n"
        "        except ZeroDivisionError as error:\n",
        LOST,
    ),
    Bug(
        "a lost write is sent again at once",
        "arapp/outbox/models.py",
        "LOOK_AGAIN_AFTER = timedelta(seconds=60)",
        "LOOK_AGAIN_AFTER = timedelta(seconds=0)",
        LOST,
    ),
    Bug(
        "more than a minute where a minute is enough",
        "arapp/upstreams/doubts.py",
        "(intent.written_at or intent.created_at) >= LOOK_AGAIN_AFTER",
        "(intent.written_at or intent.created_at) > LOOK_AGAIN_AFTER",
        _tests(ENDS, "-k", "exactly"),
    ),
    Bug(
        "a lost write is sent again without a look",
        "arapp/upstreams/doubts.py",
        "    if intent.state == IntentState.SENDING and intent.written_at is None:\n",
        "    if True:\n",
        LOST,
    ),
    Bug(
        "what was accepted is sent again",
        "arapp/upstreams/doubts.py",
        "    if intent.accepted_at:\n        if now",
        "    if False:\n        if now",
        _tests(PUSH, "-k", "accepted"),
    ),
    Bug(
        "the digest lacks a field",
        "arapp/receivables/substance.py",
        '        "currency": invoice.currency,\n',
        "",
        _tests("tests/receivables/test_mirror.py"),
    ),
    Bug(
        "what a list does not show is gone without a 404",
        "arapp/upstreams/missing.py",
        "            record = self.reading.adapter.again(each.stream, external_id)\n",
        '            raise Gone("")\n',
        _tests("tests/upstreams/test_gone.py"),
    ),
    Bug(
        "no consent is needed for many that are gone",
        "arapp/upstreams/missing.py",
        "return max(10, known // 10)",
        "return max(10, known)",
        _tests("tests/upstreams/test_gone.py"),
    ),
    Bug(
        "a refusal is tried again",
        "arapp/upstreams/push.py",
        "            _after_refusal(adapter, intent, error)\n",
        "            try_later(intent, str(error))\n",
        _tests(PUSH, "-k", "refusal"),
    ),
    Bug(
        "the service's hint is ignored",
        "arapp/upstreams/http.py",
        "wait = max(step / 2 + random.uniform(0, step / 2), hint or 0.0)",
        "wait = step / 2 + random.uniform(0, step / 2)",
        _tests("tests/upstreams/test_http.py"),
    ),
    Bug(
        "another content than was decided on is sent",
        "arapp/upstreams/push.py",
        '    return subject.digest != intent.digest or intent.seen_word not in ("", subject.service_decision)\n',
        "    return False\n",
        _tests(ENDS, "-k", "content"),
    ),
    Bug(
        "what was asked for earlier overwrites what is newer",
        "arapp/receivables/mirror/invoices.py",
        "return bool(row and row.detailed_at and asked_at < row.detailed_at <= timezone.now())",
        "return False",
        _tests("tests/receivables/test_mirror.py"),
    ),
    Bug(
        "what is taken back at the service is not seen",
        "arapp/receivables/mirror/invoices.py",
        '            row.row_digest = ""\n',
        "            pass\n",
        _tests(ENDS, "-k", "withdrawn"),
    ),
    Bug(
        "a page of a list that moves is believed at once",
        "arapp/upstreams/billover/walk.py",
        "        if below is None or not sheet.count == below.count == again.count or not again.shows_as(sheet):\n",
        "        if below is None:\n",
        _tests("tests/upstreams/billover/test_walk.py", "-k", "dates_do_nothing or many_pages"),
    ),
    Bug(
        "an observed decision overtakes ours that is being sent",
        "arapp/approvals/models.py",
        "        unsettled = self.invoice.intents.unsettled()",
        "        if origin != Origin.DESK:\n            return\n        unsettled = self.invoice.intents.unsettled()",
        _tests(ENDS, "-k", "claims_the_intent"),
    ),
)


def plant_all(cases: int, first: int) -> Tally:
    """The first ``cases`` bugs from number ``first`` on, one after the other."""
    chosen = BUGS[first - 1 : first - 1 + cases]
    tally, began = Tally("planted", min(cases, len(BUGS))), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="desk-planted-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=LEFT_BEHIND)
        sound = {check: _held(copy, check) for check in dict.fromkeys(bug.check for bug in chosen)}
        for number, bug in enumerate(chosen, first):
            tally.ran += 1
            verdict = _tried(copy, bug, sound[bug.check])
            print(f"{number:2} {bug.name}: {verdict}", flush=True)
            if verdict.startswith("caught"):
                tally.counts["caught"] += 1
            else:
                tally.failed.append(f"{bug.name}: {verdict}")
    tally.seconds = time.perf_counter() - began
    return tally


def _tried(copy: Path, bug: Bug, sound: str) -> str:
    file = copy / bug.path
    text = file.read_text(encoding="utf-8")
    what = " ".join(bug.check)
    if text.count(bug.true) != 1:
        return f"NOT CAUGHT: its place occurs {text.count(bug.true)} times in {bug.path}"
    if sound != "held":
        return f"NOT CAUGHT: {what} {sound} without it"
    file.write_text(text.replace(bug.true, bug.false), encoding="utf-8")
    try:
        result = _held(copy, bug.check)
    finally:
        file.write_text(text, encoding="utf-8")
    return f"caught by {what}" if result == "failed" else f"NOT CAUGHT: {what} {result}"


def _held(copy: Path, check: tuple[str, ...]) -> str:
    """held, failed, or what else came of it. A pytest that could not even begin proves nothing."""
    with tempfile.TemporaryDirectory(prefix="desk-planted-data-") as data:
        environment = {**os.environ, "ARAPP_DATA": data, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", *check]
        try:
            done = subprocess.run(
                command, cwd=copy, env=environment, capture_output=True, text=True, timeout=WITHIN, check=False
            )
        except subprocess.TimeoutExpired:
            return f"was not over after {WITHIN} s"
    if done.returncode not in (0, 1):
        return f"ended with {done.returncode}: {(done.stdout + done.stderr)[-200:]!r}"
    return "failed" if done.returncode else "held"
