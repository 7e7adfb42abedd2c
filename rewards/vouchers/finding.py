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


def hold(*, merchant: Merchant, codes: Iterable[str], field: str = "vouchers") -> list[Voucher]:
    """The merchant's vouchers with these codes, in the order of the codes, each once, held until the transaction ends.

    Raises UnknownVoucher, naming the first code that nobody has, in `field`. One query.
    """
    asked = list(dict.fromkeys(normal(code) for code in codes))
    vouchers = Voucher.objects.for_merchant(merchant).filter(code__in=asked).order_by("pk")
    found = {one.code: one for one in vouchers.select_for_update(of=("self",)).select_related("customer", "batch")}
    for code in asked:
        if code not in found:
            raise UnknownVoucher(field=field, unknown=code)
    return [found[code] for code in asked]
