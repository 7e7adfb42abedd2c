"""Batches of vouchers: what each gives, and what became of it."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.money import DECIMALS, major
from loyalty_site.selectors import actors
from loyalty_site.selectors.columns import DANGEROUS
from rewards.models import Voucher, VoucherBatch, VoucherUse
from rewards.models.vouchers import VoucherStatus

from . import words
from .words import Terms

ROWS_AT_ONCE = 2_000
NOTHING = dict.fromkeys(["open", "touched", "used", "revoked", "cancelled", "expired", "held"], 0)


@dataclass(slots=True)
class Batch:
    """A batch with one of its vouchers, which all are alike, and how many of them are in which state now.

    `open` holds still, `touched` of these have been used in part; `paid` is what the standing uses took off or paid,
    as far as somebody reckoned it, `held` what gift cards that hold still are worth: minor units.
    """

    batch: VoucherBatch
    gives: str
    terms: list[str]
    validity: str
    actor: str
    counts: dict[str, int]
    paid: int = 0
    uses: int = 0


def batches(merchant: Merchant, page: Iterable[VoucherBatch], *, at: datetime) -> list[Batch]:
    """Batches in words, with their counts (five queries, whatever their number)."""
    made = list(page)
    if not made:
        return []
    keys = [one.pk for one in made]
    samples, counts, paid = samples_of(keys), counts_of(keys, at), paid_of(keys)
    names = actors.names(merchant, [one.actor for one in made])
    shown = []
    for one in made:
        terms = Terms.of(samples[one.pk])
        amount, uses = paid.get(one.pk, (0, 0))
        shown.append(
            Batch(
                batch=one,
                gives=words.gives(terms.benefit, merchant.currency),
                terms=words.conditions(terms, merchant),
                validity=words.validity(terms, merchant),
                actor=names.get(one.actor, ""),
                counts=counts[one.pk],
                paid=amount,
                uses=uses,
            )
        )
    return shown


def samples_of(keys: list[int]) -> dict[int, Voucher]:
    """One voucher of each batch, with its customer (one query)."""
    first = Voucher.objects.filter(batch=OuterRef("pk")).order_by("issued_at", "pk").values("pk")[:1]
    named = VoucherBatch.objects.filter(pk__in=keys).annotate(first=Subquery(first)).values("first")
    return {one.batch_id: one for one in Voucher.objects.filter(pk__in=named).select_related("customer")}


def counts_of(keys: list[int], at: datetime) -> dict[int, dict[str, int]]:
    """How many vouchers of each batch are in which state (one query)."""
    status = VoucherStatus
    over = Q(status=status.OPEN, expires_at__lte=at)
    holds = Q(status=status.OPEN) & (Q(expires_at=None) | Q(expires_at__gt=at))
    used = Exists(VoucherUse.objects.standing().filter(voucher=OuterRef("pk")))
    figures = (
        Voucher.objects.filter(batch__in=keys)
        .annotate(has_use=used)
        .order_by()
        .values("batch")
        .annotate(
            open=Count("pk", filter=holds),
            touched=Count("pk", filter=holds & Q(has_use=True)),
            used=Count("pk", filter=Q(status=status.USED)),
            revoked=Count("pk", filter=Q(status=status.REVOKED)),
            cancelled=Count("pk", filter=Q(status=status.CANCELLED)),
            expired=Count("pk", filter=over),
            held=Coalesce(Sum("balance", filter=holds), 0),
        )
    )
    found = {row.pop("batch"): row for row in figures}
    return {key: found.get(key, NOTHING) for key in keys}


def paid_of(keys: list[int]) -> dict[int, tuple[int, int]]:
    """What the standing uses of each batch took off or paid, and how many there are (one query)."""
    uses = VoucherUse.objects.standing().filter(voucher__batch__in=keys).order_by().values("voucher__batch")
    sums = uses.annotate(paid=Coalesce(Sum("amount"), 0), back=Sum("returned"), number=Count("pk"))
    return {row["voucher__batch"]: (row["paid"] - row["back"], row["number"]) for row in sums}


def revocable(batch: VoucherBatch, *, at: datetime) -> int:
    """How many vouchers of a batch nobody has used and could still be used (one query)."""
    return Voucher.objects.filter(batch=batch).untouched().in_time(at).count()


def as_csv(batch: VoucherBatch, *, at: datetime) -> Iterator[str]:
    """Yields the lines of a spreadsheet with every code of a batch, some thousand at a time."""
    merchant, language = batch.merchant, translation.get_language()
    everybody = Voucher.objects.filter(batch=batch).select_related("customer").order_by("pk")
    found = everybody.iterator(chunk_size=ROWS_AT_ONCE)
    yield written([head(merchant)])
    while part := list(islice(found, ROWS_AT_ONCE)):
        with translation.override(language):
            text = written(cells(one, merchant, at) for one in part)
        yield text


def written(rows: Iterable[list]) -> str:
    """Rows as lines."""
    output = io.StringIO()
    csv.writer(output).writerows(rows)
    return output.getvalue()


def head(merchant: Merchant) -> list[str]:
    """The names of the columns."""
    held = _("Balance, in %(currency)s") % {"currency": merchant.currency}
    return [_("Code"), _("Name"), _("What it gives"), _("State"), _("Uses left"), held, _("Customer"), _("Last day")]


def cells(voucher: Voucher, merchant: Merchant, at: datetime) -> list[Any]:
    """One voucher; money in major units, as a spreadsheet reckons."""
    held = (
        ""
        if voucher.balance is None
        else f"{major(voucher.balance, merchant.currency):.{DECIMALS[merchant.currency]}f}"
    )
    last_on = words.last_day(voucher.expires_at, merchant).isoformat() if voucher.expires_at else ""
    return [
        voucher.code,
        harmless(voucher.name),
        harmless(words.gives(voucher.benefit, merchant.currency)),
        words.state(voucher, at)[1],
        voucher.uses_left,
        held,
        harmless(str(voucher.customer)) if voucher.customer else "",
        last_on,
    ]


def harmless(text: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{text}" if text.startswith(DANGEROUS) else text
