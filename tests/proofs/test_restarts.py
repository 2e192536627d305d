"""A database that is restarted under a working desk, in a process and with a PostgreSQL of its own."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.proofs.cases import Tally
from tests.proofs.children import ROOT
from tests.proofs.cluster import programs


@pytest.mark.postgres
@pytest.mark.skipif(programs() is None, reason="there is no initdb on this machine")
def test_after_a_restart_of_postgresql_the_worker_goes_on_by_itself(tmp_path: Path, told):
    file = tmp_path / "tally.json"
    command = [sys.executable, "-m", "tests.proofs", "restarts", "--cases", "3", "--tally", str(file)]
    environment = {**os.environ, "ARAPP_DATA": str(tmp_path)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=400, check=False
    )
    assert file.exists(), done.stdout + done.stderr
    tally = Tally(**json.loads(file.read_text(encoding="utf-8")))
    tally.counts = Counter(tally.counts)
    assert told(tally), tally.failed
    assert (done.returncode, tally.counts["restarts"]) == (0, 3)
