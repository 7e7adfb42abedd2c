"""Where everybody stands by their own rhythm: new, active, won back, late, at risk or lost, and why.

`rhythm` and `states` are the rule, on plain days; `keeping` keeps rhythms by month for whom nothing changes; `journeys`
reads what is kept, and the purchases of whoever else, once for any number of moments; `report` counts.
"""

from .journeys import Row, customers_in, rows, shop_gap, standing_now, standing_of, states_and_due
from .keeping import keep
from .report import Flow, Group, Lifecycle, lifecycle
from .states import Standing, State, definitions

__all__ = [
    "Flow", "Group", "Lifecycle", "Row", "Standing", "State", "customers_in", "definitions", "keep", "lifecycle",
    "rows", "shop_gap", "standing_now", "standing_of", "states_and_due",
]  # fmt: skip
