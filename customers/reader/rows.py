"""Judges rows: good ones become tuples for the scratch database, bad ones a fault for each bad cell."""

from django.utils.translation import gettext as _

from customers.reader.faults import SHOWN, BadCell


class Judge:
    """Parses rows of one file by its plan. `names` are the values of a good row behind its line."""

    def __init__(self, columns, steps):
        self.kind = columns.kind
        self.names = [step.name for step in steps]
        self._header = columns.header
        self._steps = steps
        self._receipt = next((step for step in steps if step.name == "receipt"), None)

    def judge(self, records):
        """(good rows, bad rows as (line, receipt), faults) of (line, cells) pairs."""
        good, bad, faults = [], [], []
        plan = [(step.get, step.memo) for step in self._steps]
        width = len(self._header)
        for line, cells in records:
            if len(cells) != width:
                cells = cells + [""] * (width - len(cells))
            try:
                if len(cells) > width and any(cells[width:]):
                    raise BadCell("")
                good.append((line, *[memo[get(cells)] for get, memo in plan]))
            except BadCell:
                found = self._faults(line, cells)
                faults += found
                bad.append((line, found[0][-1]))
        return good, bad, faults

    def _faults(self, line, cells):
        """All that is wrong with a row, once for each cell, with the receipt it belongs to if that can be read."""
        found = dict(self._surplus(cells))
        for step in self._steps:
            try:
                step.memo[step.get(cells)]
            except BadCell as fault:
                found.setdefault(step.positions[fault.part], fault.message)
        receipt = self._receipt_of(cells)
        return [
            (line, position, self._name(position), cells[position][:SHOWN], message, receipt)
            for position, message in sorted(found.items())
        ]

    def _surplus(self, cells):
        for position in range(len(self._header), len(cells)):
            if cells[position]:
                message = _(
                    "The row has more cells than the first line names. Put a text or number that contains the"
                    " delimiter in quotation marks."
                )
                yield position, message
                return

    def _name(self, position):
        if position < len(self._header) and self._header[position]:
            return self._header[position]
        return _("column %(number)s") % {"number": position + 1}

    def _receipt_of(self, cells):
        try:
            return self._receipt and self._receipt.memo[self._receipt.get(cells)]
        except BadCell:
            return None
