"""The environment decides; what does not fit gets a sentence. Each case is a process of its own, as in life."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = (
    "DATABASE_URL",
    "SECRET_KEY",
    "ENCRYPTION_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "TIME_ZONE",
    "DJANGO_SETTINGS_MODULE",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
)


def manage(tmp_path: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=clean | {"ARAPP_DATA": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({"TIME_ZONE": "Mars"}, 2),
        ({"DATABASE_URL": "nonsense"}, 2),
        ({"DATABASE_URL": "mysql://a@b/c"}, 2),
        ({"ENCRYPTION_KEY": "short"}, 2),
        ({"DEBUG": "maybe"}, 2),
        ({"SECRET_KEY_FILE": "/no/such/file"}, 2),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/x"}, 1),
        ({}, 1),
    ],
    ids=["zone", "url", "mysql", "key", "debug", "file", "unreachable", "not migrated"],
)
def test_what_does_not_fit_gets_a_sentence_and_its_exit_code(tmp_path: Path, environment: dict, code: int):
    found, out = manage(tmp_path, "sync", **environment)
    assert (found, "Traceback" in out) == (code, False), out
    assert out.strip()


def test_any_setting_may_lie_in_a_file(tmp_path: Path):
    (tmp_path / "zone").write_text("Europe/Berlin\n")
    code, out = manage(tmp_path, "diffsettings", TIME_ZONE_FILE=str(tmp_path / "zone"))
    assert code == 0
    assert "TIME_ZONE = 'Europe/Berlin'" in out


def test_with_nothing_set_keys_and_database_lie_in_one_private_folder(tmp_path: Path):
    data = tmp_path / "data"
    assert manage(data, "migrate", "--verbosity", "0")[0] == 0
    names = {path.name: path.stat().st_mode & 0o777 for path in data.iterdir() if path.is_file()}
    assert {"secret.key", "encryption.key", "desk.sqlite3"} <= set(names)
    assert names["secret.key"] == names["encryption.key"] == 0o600
    assert data.stat().st_mode & 0o077 == 0


def test_the_deployment_check_is_clean_with_the_settings_the_readme_names(tmp_path: Path):
    key = "gKmzYQ9y3Jm0bq3qk3bM2dPn9mC2m4k2cQZ0kqzVb2s="
    code, out = manage(
        tmp_path,
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY="k9" * 40 + "unlike-any-other",
        ENCRYPTION_KEY=key,
        ALLOWED_HOSTS="desk.example.org",
        TIME_ZONE="Europe/Berlin",
    )
    assert code == 0, out
    assert manage(tmp_path / "bare", "check", "--deploy", "--fail-level", "WARNING")[0] == 0


@pytest.mark.parametrize("folder", ["", "open"])
def test_the_database_file_is_the_desks_own_wherever_it_lies(tmp_path: Path, folder: str):
    place = tmp_path / folder
    place.mkdir(mode=0o755, exist_ok=True)
    url = f"sqlite:///{place / 'books.sqlite3'}"
    assert manage(tmp_path, "migrate", "--verbosity", "0", DATABASE_URL=url)[0] == 0
    modes = {path.name: path.stat().st_mode & 0o777 for path in place.glob("books.sqlite3*")}
    assert modes
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("place", ["/no/such/folder/x.sqlite3", "/proc/x.sqlite3"])
def test_a_database_file_that_cannot_be_made_gets_a_sentence(tmp_path: Path, place: str):
    code, out = manage(tmp_path, "sync", DATABASE_URL=f"sqlite:///{place}")
    assert (code, "Traceback" in out) == (1, False), out


def test_a_database_in_memory_leaves_no_file(tmp_path: Path):
    assert manage(tmp_path, "check", DATABASE_URL="sqlite://:memory:")[0] == 0
    assert not (ROOT / ":memory:").exists()


def test_keys_may_stand_on_lines_and_a_damaged_file_gets_a_sentence(tmp_path: Path):
    one, two = ("gKmzYQ9y3Jm0bq3qk3bM2dPn9mC2m4k2cQZ0kqzVb2s=", "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=")
    (tmp_path / "encryption.key").write_text(f"{one}\n{two}\n")
    assert manage(tmp_path, "check")[0] == 0
    for damage in (b"", b"short\n", b"\xff\xfe"):
        (tmp_path / "encryption.key").write_bytes(damage)
        code, out = manage(tmp_path, "check")
        assert (code, "Traceback" in out, str(tmp_path) in out) == (2, False, True), out


def test_a_password_of_the_database_is_not_in_what_is_said(tmp_path: Path):
    for url in (
        "postgres://nobody:s3cret-word@127.0.0.1:1/x",
        "mysql://a:s3cret-word@b/c",
        "postgres://a:s3cret-word@h:x/",
    ):
        code, out = manage(tmp_path, "sync", DATABASE_URL=url)
        assert code
        assert "s3cret-word" not in out


def test_a_wrong_key_is_said_when_the_web_server_starts_and_it_starts(tmp_path: Path):
    assert manage(tmp_path, "migrate", "--verbosity", "0")[0] == 0
    lines = [
        "from arapp.receivables.models import Source",
        "from arapp.upstreams.models import Connection",
        "source = Source.objects.create(name='Nor\\nth', service='billomat')",
        "Connection.objects.create(source=source, base_url='https://x/', secret='gAAAA')",
    ]
    assert manage(tmp_path, "shell", "-c", "; ".join(lines))[0] == 0
    start = [sys.executable, "-c", "import arapp.wsgi; print('started')"]
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    done = subprocess.run(start, cwd=ROOT, env=clean | {"ARAPP_DATA": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr
    (said,) = done.stderr.splitlines()
    assert "ENCRYPTION_KEY" in said
    assert "Nor\\nth" in said
    code, out = manage(tmp_path, "check", "--deploy")
    assert (code, "upstreams.E001" in out) == (1, True)


def test_the_key_is_rotated_in_the_file_of_the_desk(tmp_path: Path):
    assert manage(tmp_path, "migrate", "--verbosity", "0")[0] == 0
    before = (tmp_path / "encryption.key").read_text()
    assert manage(tmp_path, "rotate_key")[0] == 0
    both = (tmp_path / "encryption.key").read_text().split()
    assert both[1] == before
    assert manage(tmp_path, "rotate_key", "--forget")[0] == 0
    (only,) = (tmp_path / "encryption.key").read_text().split()
    assert only not in both
    assert (tmp_path / "encryption.key").stat().st_mode & 0o777 == 0o600
