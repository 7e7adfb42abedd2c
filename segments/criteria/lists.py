"""Other segments, as a definition names them: by the ids of their lists."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from customers.merchants.models import Merchant
from customers.models import Audience

FIELD = "segment"


@dataclass(frozen=True, slots=True)
class Known:
    """A list with its name, and the definition that fills it; None where it is filled by hand."""

    audience: int
    public_id: str
    name: str
    definition: dict | None


def find(merchant: Merchant, ids: Iterable[str]) -> list[Known]:
    """The lists of these ids (one query)."""
    found = here(merchant).filter(public_id__in=list(ids))
    return [Known(*row) for row in found.values_list("pk", "public_id", "name", "segment__definition")]


def choices(merchant: Merchant) -> list[tuple[str, str]]:
    """The lists of the shop by their ids, those put away apart (one query)."""
    return list(here(merchant).order_by("name").values_list("public_id", "name"))


def here(merchant: Merchant) -> QuerySet[Audience]:
    """The lists of the shop that nobody has put away."""
    return Audience.objects.for_merchant(merchant).filter(segment__archived_at=None)
