"""Invented people for recorded households: anyone can see that nobody is called so."""

from collections.abc import Iterable, Iterator

FIRST = (
    "Ada Alma Amos Anna Arlo Asa Beth Boris Cleo Cora Dina Edda Elio Emma Enzo Ezra Fay Finn Flora Gus Hana Hugo Ida "
    "Ines Ivo Iris Jonas Juno Kai Lena Leo Lola Luca Mabel Maya Milo Nina Noor Olga Omar Otto Pia Quinn Rosa Rufus "
    "Sami Tess Theo Uma Vera Wim Yara Zoe"
).split()
LAST = (
    "Bagel Baguette Bialy Biscotti Brezel Brioche Bunn Challah Chapati Ciabatta Crouton Crumpet Flatbread Focaccia "
    "Muffin Naan Pitta Pretzel Pumpernickel Roll Rye Scone Sourdough Tortilla"
).split()
AREA_CODES = ("212", "315", "332", "347", "516", "518", "585", "607", "646", "716", "718", "845", "914", "917", "929")
PER_AREA = 100  # 555-0100 to 555-0199 are reserved for fiction in every area


def invent(households: Iterable[str]) -> Iterator[dict[str, str]]:
    """A name and a reserved phone number for each household, the same at every run."""
    for place, household in enumerate(households):
        first, last = FIRST[place % len(FIRST)], LAST[place // len(FIRST) % len(LAST)]
        area, number = AREA_CODES[place // PER_AREA], place % PER_AREA
        yield {"external_id": household, "name": f"{first} {last}", "phone": f"({area}) 555-01{number:02d}"}
