"""
One box-day out of many sealed readings: ``python benchmarks/box_days.py ADDRESS --readings 100000000``.

The address is that of an empty database, ``sqlite:////path/file`` or ``postgresql+psycopg://user@host/empty``;
100 million readings take 0.4 GB on SQLite, 0.5 GB on PostgreSQL with 1 GB of its log, and some ten quiet
minutes to fill.
"""

import argparse
import json
import os

from api.bench.box_day import ask_box_days
from api.db import Database, create_all


def main() -> None:
    """Fills the database, asks, and prints one JSON document."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("address")
    asked.add_argument("--readings", type=int, default=10_000_000)
    asked.add_argument("--questions", type=int, default=1_000)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    database = Database(told.address)
    create_all(database.engine)
    found = ask_box_days(database, told.readings, told.questions, told.seed)
    database.close()
    print(json.dumps({**found, "load": os.getloadavg()[0]}, indent=2))


if __name__ == "__main__":
    main()
