"""QR codes as they are drawn: read back from their own picture."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from loyalty_site.templatetags.qr import QUIET, qr

STEP = 4  # pixels a module


def read(drawn: str) -> str:
    """What a scanner reads of a drawn code: its strokes are painted, nothing else."""
    side = int(re.search(r'viewBox="0 0 (\d+) \d+"', drawn)[1])
    picture = Image.new("L", (side * STEP, side * STEP), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", drawn):
        left, top = int(x) * STEP, int(y) * STEP
        pen.rectangle((left, top, left + int(length) * STEP - 1, top + STEP - 1), fill=0)
    found = zxingcpp.read_barcodes(picture)
    return found[0].text if found else ""


@pytest.mark.parametrize("text", ["A", "http://127.0.0.1:8000/join/bakery/", "https://tienda.example/ñ/?a=1&b=<2>"])
def test_code_says_what_it_was_made_of(text):
    assert read(qr(text, "Join")) == text


def test_code_has_white_around_it_and_a_name():
    drawn = qr("https://a.example/", 'Say "hello" <b>')

    assert min(int(x) for x in re.findall(r"M(\d+) ", drawn) if x != "0") == QUIET
    assert 'aria-label="Say &quot;hello&quot; &lt;b&gt;"' in drawn
    assert "style" not in drawn
