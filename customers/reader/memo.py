"""Columns repeat themselves: a date, a price or a product is parsed once while it keeps coming."""

ENTRIES = 8192
LONGEST = 64  # characters: longer texts seldom repeat, and would make the bound meaningless


class Memo(dict):
    """`memo[text]` is `parse(text)`, remembered for a bounded number of short texts (or tuples of them).

    What `parse` raises passes, and is not remembered.
    """

    __slots__ = ("parse",)

    def __init__(self, parse):
        super().__init__()
        self.parse = parse

    def __missing__(self, text):
        value = self.parse(text)
        if (len(text) if isinstance(text, str) else sum(map(len, text))) <= LONGEST:
            if len(self) >= ENTRIES:
                self.clear()  # cheaper than an order of use, and what repeats is back at once
            self[text] = value
        return value
