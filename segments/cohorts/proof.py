"""Proving the kept cells of cohorts: put right for whoever is not settled, they are what the customers' months say."""

from collections.abc import Iterator
from datetime import date

from customers.merchants.models import Merchant
from segments.models import Resolution

from .cells import Cells, counted, kept


def differences(merchant: Merchant | None = None) -> Iterator[str]:
    """A sentence for each cell that differs, of one shop or of all (four queries a shop, by customers and months)."""
    for shop in [merchant] if merchant else Merchant.objects.order_by("pk"):
        for resolution in Resolution.values:
            was, should = filled(kept(shop, resolution)), filled(counted(shop, resolution))
            for cohort, period in sorted(was.keys() | should.keys()):
                found, right = (cells.get((cohort, period), (0, 0)) for cells in (was, should))
                if found != right:
                    yield (
                        f"cohort {cohort} of {shop} by {resolution}, {period}: {found[0]} customers and {found[1]} are "
                        f"kept and should be {right[0]} and {right[1]}"
                    )


def filled(cells: Cells) -> dict[tuple[date, date], tuple[int, int]]:
    """The cells that hold anything."""
    return {(cohort, period): sums for cohort, row in cells.items() for period, sums in row.items() if any(sums)}
