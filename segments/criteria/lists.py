"""Other segments, as a definition names them: by the ids of their lists."""

from collections.abc import Iterable
from dataclasses import dataclass

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
    found = Audience.objects.for_merchant(merchant).filter(public_id__in=list(ids))
    return [Known(*row) for row in found.values_list("pk", "public_id", "name", "segment__definition")]


def choices(merchant: Merchant) -> list[tuple[str, str]]:
    """Every list of the shop that nobody has put away, by its id (one query)."""
    found = Audience.objects.for_merchant(merchant).exclude(segment__archived_at__isnull=False)
    return list(found.order_by("name").values_list("public_id", "name"))
