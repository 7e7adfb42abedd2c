"""Finding vouchers by their codes, and holding them."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from customers.merchants.refusals import Missing
from rewards.models import Voucher

from .codes import normal


class UnknownVoucher(Missing):
    code = "unknown_voucher"
    message = _("This shop has no voucher with that code. Check it character by character.")


def find(*, merchant: Merchant, code: str) -> Voucher:
    """The merchant's voucher with a code, however it was typed; raises UnknownVoucher (one query)."""
    vouchers = Voucher.objects.for_merchant(merchant).select_related("customer", "batch")
    found = vouchers.filter(code=normal(code)).first()
    if found is None:
        raise UnknownVoucher(field="code")
    return found


def locked(voucher: Voucher) -> Voucher:
    """The voucher again, held until the transaction ends: of two tills one uses it."""
    held = Voucher.objects.select_for_update(of=("self",)).select_related("customer", "batch", "merchant")
    return held.get(pk=voucher.pk)


def hold_all(keys: Iterable[int]) -> None:
    """Hold vouchers (primary keys) until the transaction ends, in the order in which everybody locks (one query)."""
    held = Voucher.objects.filter(pk__in=set(keys)).order_by("pk").select_for_update()
    list(held.values_list("pk", flat=True))


def hold(*, merchant: Merchant, codes: Iterable[str], field: str = "vouchers") -> dict[int, Voucher]:
    """The merchant's vouchers with these codes by the place where each is named first, in the order of the codes,
    held until the transaction ends.

    Raises UnknownVoucher for the first code that nobody has, with its place in `field`. One query.
    """
    asked: dict[str, int] = {}
    for place, code in enumerate(codes):
        asked.setdefault(normal(code), place)
    vouchers = Voucher.objects.for_merchant(merchant).filter(code__in=asked).order_by("pk")
    found = {one.code: one for one in vouchers.select_for_update(of=("self",)).select_related("customer", "batch")}
    for code, place in asked.items():
        if code not in found:
            raise UnknownVoucher(field=f"{field}[{place}]", unknown=code)
    return {place: found[code] for code, place in asked.items()}
