"""Which rows are one receipt: decided in the scratch database by sets, so that a large file needs no memory."""

import hashlib
from itertools import islice

from django.utils.translation import gettext as _

from customers.reader.faults import SHOWN

BATCH = 2000  # rows


def group(scratch, columns):
    """Fills `receipts` in posting order: by time, then by first line. What cannot be posted is left in `bad`."""
    _derive(scratch)
    scratch.db.execute("CREATE INDEX staged_receipt ON staged (receipt)")
    _refuse_strangers(scratch, columns)
    if columns.has_products:
        _count_companions(scratch)
        _post_baskets(scratch)
    else:
        _post_firsts(scratch)


def _derive(scratch):
    """A row without a receipt is a purchase of its own, under a name that the same file gives it again."""
    scratch.db.create_function("receipt_of", 10, _receipt_of, deterministic=True)
    same = "external_id, phone, email, card_code, at, amount, sku, channel, location"
    scratch.db.execute(
        f"""
        UPDATE staged SET derived = 1, receipt = receipt_of({same}, nth) FROM (
            SELECT line AS place, row_number() OVER (PARTITION BY {same} ORDER BY line) AS nth
            FROM staged WHERE receipt IS NULL
        ) WHERE staged.line = place
        """
    )


def _receipt_of(*facts):
    told = "\x1f".join("" if fact is None else str(fact) for fact in facts)
    return "row-" + hashlib.blake2b(told.encode(), digest_size=10).hexdigest()


def _refuse_strangers(scratch, columns):
    """A receipt belongs to the customer of its first row; a row that names another is a fault."""
    names = {("external_id" if field == "customer" else field): field for field in columns.identifiers}
    if not names:
        return
    differs = " OR ".join(f"min({_plain(name)}) <> max({_plain(name)})" for name in names)
    scratch.db.execute(
        f"""
        CREATE TABLE suspects AS SELECT line, receipt, {", ".join(names)} FROM staged WHERE receipt IN (
            SELECT receipt FROM staged WHERE derived IS NULL GROUP BY receipt HAVING {differs}
        )
        """
    )
    suspects = scratch.db.execute("SELECT * FROM suspects ORDER BY receipt, line")
    strangers = _strangers(suspects, list(names))
    while chunk := list(islice(strangers, BATCH)):
        faults = [_stranger(row, names[name], columns) for row, name in chunk]
        scratch.add_faults(faults)
        scratch.add_bad([(fault[0], fault[5]) for fault in faults])
        scratch.db.executemany("DELETE FROM staged WHERE line = ?", [(fault[0],) for fault in faults])


def _plain(name):
    return "lower(email)" if name == "email" else name


def _strangers(rows, names):
    """Yields ((line, receipt, value, owner, line of the owner), name) for each row with a second customer."""
    receipt, owners = None, {}
    for line, current, *values in rows:
        if current != receipt:
            receipt, owners = current, {}
        for name, value in zip(names, values, strict=True):
            if value is None:
                continue
            owner, place = owners.setdefault(name, (value, line))
            if owner.casefold() != value.casefold() if name == "email" else owner != value:
                yield (line, receipt, value, owner, place), name
                break


def _stranger(row, field, columns):
    line, receipt, value, owner, place = row
    message = _(
        "Receipt %(receipt)s already belongs to customer %(owner)s in line %(line)s. Correct the customer, or give this"
        " sale a receipt of its own."
    )
    position = columns.positions[field]
    said = message % {"receipt": receipt, "owner": owner, "line": place}
    return line, position, columns.header[position], value[:SHOWN], said, receipt


def _count_companions(scratch):
    """A basket with one bad row waits as a whole: its fault says how many other rows wait with it."""
    scratch.db.execute("CREATE TABLE waiting (receipt TEXT PRIMARY KEY) WITHOUT ROWID")
    scratch.db.execute("INSERT INTO waiting SELECT DISTINCT receipt FROM bad WHERE receipt IS NOT NULL")
    scratch.db.execute("CREATE INDEX bad_receipt ON bad (receipt)")
    scratch.db.execute(
        """
        UPDATE faults SET others = -1
            + (SELECT count(*) FROM staged WHERE staged.receipt = faults.receipt)
            + (SELECT count(*) FROM bad WHERE bad.receipt = faults.receipt)
        WHERE receipt IS NOT NULL
        """
    )


def _post_baskets(scratch):
    scratch.db.execute(
        """
        INSERT INTO receipts (receipt, derived, at, total, count, first_line)
        SELECT receipt, max(derived), min(at), sum(amount), count(*), min(line)
        FROM staged WHERE receipt NOT IN (SELECT receipt FROM waiting)
        GROUP BY receipt ORDER BY min(at), min(line)
        """
    )


def _post_firsts(scratch):
    """Without products a receipt has one row that is the purchase and one that is its return; the rest repeats them."""
    scratch.db.execute(
        """
        INSERT INTO receipts (receipt, derived, at, total, count, first_line)
        SELECT receipt, derived, at, amount, 1, line FROM staged
        WHERE line IN (SELECT min(line) FROM staged GROUP BY receipt, amount < 0)
        ORDER BY at, line
        """
    )
