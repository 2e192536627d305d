"""The desk's settings for tests: plain http, quick password hashing, no files outside the test's own folder."""

import os
import tempfile

os.environ.setdefault("ARAPP_DATA", tempfile.mkdtemp(prefix="arapp-tests-"))
os.environ["DEBUG"] = "True"
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("ENCRYPTION_KEY", "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=")

from arapp.settings import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, not memory: threads of the concurrency tests need connections of their own, in WAL mode as in life.
    DATABASES["default"]["TEST"] = {"NAME": f"{DATA_DIR}/test.sqlite3"}  # noqa: F405
