"""Proofs on demand: ``python -m tests.proofs kill|lost|races|restarts|planted [--cases N] [--seed S]``.

The database is the one of DATABASE_URL (SQLite without it), in a database of its own made for this run.
"""

import sys

from tests.proofs.demand import main

if __name__ == "__main__":
    sys.exit(main())
