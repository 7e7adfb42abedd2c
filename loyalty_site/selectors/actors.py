"""Who did it: the names behind the public ids that the ledger keeps."""

from collections.abc import Iterable

from customers.merchants.models import ApiKey, Merchant, StaffMember


def names(merchant: Merchant, actors: Iterable[str]) -> dict[str, str]:
    """The names of the shop's people and keys by public id (two queries); files are named by their entries."""
    wanted = {actor for actor in actors if actor}
    people = StaffMember.objects.filter(merchant=merchant, public_id__in=wanted).select_related("user")
    keys = ApiKey.objects.filter(merchant=merchant, public_id__in=wanted)
    return {one.public_id: str(one) for one in (*people, *keys)} if wanted else {}
