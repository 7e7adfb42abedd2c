"""Prepares charts: plain values in, places on paper out; templates/ui/chart_*.html lay them out as SVG.

`line` for time, `bars` from zero for comparison, `heat_map` for cohorts, `dots` with an interval for what is estimated,
`curve` for a share that grows with time and its band, `spark` inside tiles and tables. Each chart has a title that says
the finding, a description, a narrow form for phones, and its table one click away.
"""

from .bars import bars
from .curve import Step, curve
from .dots import Estimate, dots
from .heat import HeatMap, count, heat_groups, heat_map, level
from .line import Series, line
from .parts import Chart, Table, Words
from .spark import spark

__all__ = [
    "Chart",
    "Estimate",
    "HeatMap",
    "Series",
    "Step",
    "Table",
    "Words",
    "bars",
    "count",
    "curve",
    "dots",
    "heat_groups",
    "heat_map",
    "level",
    "line",
    "spark",
]
