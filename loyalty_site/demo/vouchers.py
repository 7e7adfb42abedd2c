"""One batch of vouchers for the demo shop. Nothing of it happened: its name says so wherever it is shown."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from customers.merchants.models import Merchant
from customers.models import Customer
from rewards import expiry, vouchers
from rewards.models import VoucherBatch

USED = 7


@transaction.atomic
def make(merchant: Merchant, *, at: datetime) -> VoucherBatch:
    """Vouchers as for a letter, some of them used and one revoked, in the three weeks before."""
    sent = at - timedelta(days=20)
    last_day = at.astimezone(ZoneInfo(merchant.timezone)).date() + timedelta(days=70)
    wanted = vouchers.Wanted(
        benefit={"kind": "amount_off", "amount": 200},
        name="Welcome back (simulated)",
        note="Simulated for the demo: as if for a letter to those who stayed away.",
        count=40,
        min_amount=800,
        ends_at=expiry.midnight(last_day, merchant.timezone),
        prefix="BACK",
    )
    batch = vouchers.make(merchant=merchant, wanted=wanted, at=sent)
    people = Customer.objects.for_merchant(merchant).order_by("pk")[:USED]
    sent_ones = list(batch.vouchers.order_by("pk"))
    for number, (person, voucher) in enumerate(zip(people, sent_ones, strict=False)):
        used_at = sent + timedelta(days=2 + 2 * number, hours=number)
        vouchers.use(voucher=voucher, customer=person, amount=200, basket=800 + 137 * number, at=used_at)
    vouchers.revoke(voucher=sent_ones[-1], at=sent + timedelta(days=1))
    return batch
