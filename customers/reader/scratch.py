"""The scratch database: private to one import, on disk, and gone with its connection, even after a crash."""

import json
import sqlite3

WHO = ("external_id", "phone", "email", "card_code", "name")
GOODS = ("sku", "product", "category", "quantity", "amount", "unit_amount")
PURCHASE = frozenset((*WHO, *GOODS, "receipt", "at", "channel", "location"))

_TABLES = """
CREATE TABLE faults (line INTEGER, position INTEGER, col TEXT, value TEXT, message TEXT, receipt TEXT, others INTEGER);
CREATE TABLE bad (line INTEGER PRIMARY KEY, receipt TEXT);
CREATE TABLE records (line INTEGER PRIMARY KEY, content TEXT);
CREATE TABLE staged (
    line INTEGER PRIMARY KEY, external_id TEXT, phone TEXT, email TEXT, card_code TEXT, name TEXT, receipt TEXT,
    at INTEGER, amount INTEGER, quantity INTEGER, unit_amount INTEGER, sku TEXT, product TEXT, category TEXT,
    channel TEXT, location TEXT, derived INTEGER
);
CREATE TABLE receipts (
    id INTEGER PRIMARY KEY, receipt TEXT, derived INTEGER, at INTEGER, total INTEGER, count INTEGER,
    first_line INTEGER
);
"""


class Scratch:
    """Rows as they are parsed. Opened with an empty name SQLite keeps a nameless file, deleted while it is in use."""

    def __init__(self):
        self.db = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -8000", "temp_store = FILE"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.executescript(_TABLES)
        self.db.execute("BEGIN")  # never committed: nobody else will ever read it

    def close(self):
        self.db.close()

    def number(self, query, *values):
        return self.db.execute(query, values).fetchone()[0] or 0

    def add_purchases(self, names, rows):
        """`rows` of (line, *values), the values as in `names`; what only checks a row has no column and is left out."""
        kept = [index for index, name in enumerate(names) if name in PURCHASE]
        if len(kept) < len(names):
            rows = [(row[0], *[row[index + 1] for index in kept]) for row in rows]
        columns = ", ".join(names[index] for index in kept)
        marks = ", ".join("?" * len(kept))
        self.db.executemany(f"INSERT INTO staged (line, {columns}) VALUES (?, {marks})", rows)

    def add_records(self, names, rows):
        content = (
            (row[0], json.dumps({name: value for name, value in zip(names, row[1:], strict=True) if value is not None}))
            for row in rows
        )
        self.db.executemany("INSERT INTO records VALUES (?, ?)", content)

    def add_bad(self, rows):
        """`rows` of (line, receipt or None)."""
        self.db.executemany("INSERT OR IGNORE INTO bad VALUES (?, ?)", rows)

    def add_faults(self, rows):
        """`rows` of (line, position, column, value, message, receipt or None)."""
        self.db.executemany("INSERT INTO faults VALUES (?, ?, ?, ?, ?, ?, NULL)", rows)
