"""What `post` takes: a signed number of points on an account, and the lots that they bring."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Part:
    """One lot of a positive posting: spendable from `available_at` until `expires_at` (None: ever, or while not idle).

    Points that go back `into` a lot make none.
    """

    points: int
    available_at: datetime
    expires_at: datetime | None = None
    idle_months: int | None = None
    idle_from: datetime | None = None
    purchase_id: int | None = None
    origin_id: int | None = None
    into: object = None


@dataclass(slots=True)
class Posting:
    """Points to move on an account. `key` names the thing, so that posting it again does nothing.

    Positive points make a lot, spendable from `available_at` (default `occurred_at`) until `expires_at` (None: ever),
    or with `idle_months` until the account has been idle so long since `idle_from` (default `occurred_at`). With
    `source`, a negative posting earlier in the list, they are what that one drew: a lot for each, spendable as before.
    With `back` they return to these lots (keys and points); what comes too late for its lot makes a new one, spendable
    until `grace_until`, and is counted in `extended`.

    Negative points draw first from their own lots (`lot_id`, or those of `purchase_id` unless they are redeemed), then
    from the other open ones in spending order; what no lot gives becomes a deficit, or with `forgive` is let go
    (`forgiven`). What expired of the own lots is not taken again (`lapsed`). With `strict` they draw what is available
    or raise Deficit or InsufficientPoints. With `whole` they are everything that is not over, pending points too. With
    `take` they are drawn from these lots (keys and points), which a hold kept for them. With `if_full` the open lots
    give every point, as soon as all of them have arrived, or nothing moves.

    After `post`: `entry_id` (None when nothing moved), `moved`, the points of the entry, and `drawn`, the lots it drew
    from.
    """

    account_id: int
    membership_id: int
    merchant_id: int
    kind: str
    points: int
    occurred_at: datetime
    key: str
    purchase_id: int | None = None
    lot_id: int | None = None
    refund_id: int | None = None
    activity_id: int | None = None
    imported_id: int | None = None
    origin_id: int | None = None
    actor: str = ""
    reason: str = ""
    available_at: datetime | None = None
    expires_at: datetime | None = None
    idle_months: int | None = None
    idle_from: datetime | None = None
    source: Posting | None = None
    back: list[tuple[int, int]] = field(default_factory=list)
    grace_until: datetime | None = None
    forgive: bool = False
    strict: bool = False
    whole: bool = False
    take: list[tuple[int, int]] = field(default_factory=list)
    if_full: bool = False
    entry_id: int | None = None
    moved: int = 0
    forgiven: int = 0
    lapsed: int = 0
    extended: int = 0
    drawn: list = field(default_factory=list)

    @property
    def arrives(self) -> bool:
        """Whether points come, and not go."""
        return self.points > 0 or self.source is not None
