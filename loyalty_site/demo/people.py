"""Invented people for recorded households: anyone can see that nobody is called so."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from customers.merchants.models import Merchant
from customers.models import Consent, Customer
from loyalty_site.people_forms import MARKETING

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
ASKED = (0, 2, 4)  # of each five people; the last of them said no
PER_AREA = 100  # 555-0100 to 555-0199 are reserved for fiction in every area


def invent(households: Iterable[str]) -> Iterator[dict[str, str]]:
    """A name and a reserved phone number for each household, the same at every run."""
    for place, household in enumerate(households):
        first, last = FIRST[place % len(FIRST)], LAST[place // len(FIRST) % len(LAST)]
        area, number = AREA_CODES[place // PER_AREA], place % PER_AREA
        yield {"external_id": household, "name": f"{first} {last}", "phone": f"({area}) 555-01{number:02d}"}


def ask(merchant: Merchant, *, at: datetime) -> None:
    """Of each five invented people, two said yes to text messages and calls, and one no; once."""
    if Consent.objects.filter(customer__merchant=merchant).exists():
        return
    keys = Customer.objects.for_merchant(merchant).order_by("pk").values_list("pk", flat=True)
    said = [
        (key, channel, place % 5 != ASKED[-1])
        for place, key in enumerate(keys)
        if place % 5 in ASKED
        for channel in ("sms", "phone")
    ]
    Consent.objects.bulk_create(
        Consent(customer_id=key, channel=channel, purpose=MARKETING, granted=granted, source="demo", recorded_at=at)
        for key, channel, granted in said
    )
