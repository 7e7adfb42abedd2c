"""QR codes, drawn into the page: no picture to load, and nothing that the strict policy of the site forbids."""

from itertools import groupby

import segno
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

QUIET = 4  # modules of white around the code, as the standard asks
DRAWN = """<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" shape-rendering="crispEdges">\
<path fill="#fff" d="M0 0h{0}v{0}H0z"/><path stroke="#000" d="{2}"/></svg>"""


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """A QR code as SVG with the class `qr`, its white margin inside; `label` says what it is to those who do not see.

    It is read even where a seventh of it is dirty or torn.
    """
    code = segno.make(text, error="m", micro=False)
    rows = enumerate(code.matrix_iter(border=QUIET))
    return format_html(DRAWN, code.symbol_size(border=QUIET)[0], label, "".join(strokes(y, row) for y, row in rows))


def strokes(y: int, row) -> str:
    """The dark runs of a row, as parts of a path."""
    x, drawn = 0, ""
    for dark, run in groupby(row):
        length = len(list(run))
        drawn += f"M{x} {y}.5h{length}" if dark else ""
        x += length
    return drawn
