"""Read a published table over and over, and say what was torn, until a line comes.

Its arguments are the database and the schema of the table `orders`. It says `.` when it has read once, and in
the end how often it read.

All rows of a version hold one number: how many there are, and which publish they are of.
"""

from __future__ import annotations

import select
import sys

import psycopg
from psycopg.sql import SQL, Identifier

database, schema = sys.argv[1:]
query = SQL("""
    SELECT dataops_partition, count(*), count(DISTINCT stamp), min(stamp) FROM {} GROUP BY dataops_partition
""").format(Identifier(schema, "orders"))
readings = 0
seen = set()
with psycopg.connect(database, autocommit=True) as connection:
    while not (readings and select.select([sys.stdin], [], [], 0)[0]):
        found = connection.execute(query).fetchall()
        partitions = len(found)
        torn = [one for one in found if one[2] != 1 or one[1] != one[3] % 100]
        if torn or partitions != 20:
            sys.exit(f"reading {readings} saw {partitions} partitions, torn: {torn}")
        seen.update(stamp for _, _, _, stamp in found)
        readings += 1
        if readings == 1:
            sys.stdout.write(".")
            sys.stdout.flush()
sys.stdout.write(f"{readings} {len(seen)}")
