"""Recency, frequency and value: everybody scored from 1 to 5 in each, beside everybody else of the shop.

`scores` is the rule, `everybody` the figures of a shop on any day in columns, `people` who they are, `one` a customer
alone, `board` what five by five groups add up to, and `regions` the names of parts of the board.
"""

from .board import Board, Cell, ValueGroup, board
from .one import scored
from .people import Scored, everybody, in_cell, in_region, rows
from .perceived import Perceived, is_simulated, perceived
from .regions import REGION_NAMES, REGIONS, Region, region_of
from .words import definitions

__all__ = [
    "REGIONS", "REGION_NAMES", "Board", "Cell", "Perceived", "Region", "Scored", "ValueGroup", "board", "definitions",
    "everybody", "in_cell", "in_region", "is_simulated", "perceived", "region_of", "rows", "scored",
]  # fmt: skip
