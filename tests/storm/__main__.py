"""Schedules on demand: ``python -m tests.storm --schedules 10000``; a run with fewer cases than stated fails."""

import sys

from tests.storm.demand import main

if __name__ == "__main__":
    sys.exit(main())
