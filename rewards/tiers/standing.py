"""Tiers while purchases are judged: the one held before each, and what each changes, in order.

What is known when a purchase is recorded counts. So its tier is that of its own moment, or of the newest on record
where it comes late; and of several at once the second is judged with what the first has brought.
"""

from datetime import datetime

from django.db.models import F

from customers.merchants.models import Merchant
from customers.models import Purchase
from rewards.ladders import NONE, Climb, Event, Ladder
from rewards.models.tiers import Cause

from . import known, places
from .known import Member
from .places import Place


class Standing:
    """The tiers of the members whose purchases or activities are judged; only purchases change them.

    Two queries for members of programs with tiers (three by what was spent), none for others; two more to write.
    """

    def __init__(self, merchant: Merchant, cases: list, promises: list, *, history: bool = False):
        self.ladders = {promise.program.pk: promise.ladder for promise in promises}
        self.places: dict[int, Place] = {}
        self.bases: known.Bases = {}
        self.climbs: dict[int, dict[Ladder, Climb]] = {}
        self.events: known.Known = {}
        self.newest: dict[int, datetime] = {}
        self.worth: dict[int, int] = {}
        self.touched: dict[int, Ladder] = {}
        with_tiers = {promise.program.pk for promise in promises if any(terms.ladder for terms in promise.versions)}
        if tiered := [case for case in cases if case.program.pk in with_tiers] if with_tiers else []:
            self.load(merchant, tiered, history=history)

    def load(self, merchant: Merchant, cases: list, *, history: bool) -> None:
        """Fetch where the members stand, and what counts for them already (one query more for `history`)."""
        members = {
            case.membership: Member(case.membership, case.happened.customer_id, case.program.pk, case.account)
            for case in cases
        }
        used = {(case.program.pk, case.terms.ladder) for case in cases} | set(self.ladders.items())
        earliest = min(case.happened.occurred_on for case in cases)
        since = min((ladder.first_day(earliest) for __, ladder in used if ladder), default=earliest)
        self.places, self.bases = places.fetch(members), known.bases_of(used)
        self.events = known.events(merchant, members.values(), self.bases, since)
        self.newest = known.newest(self.events)
        if history:  # what has come back since is known
            kept = Purchase.objects.filter(pk__among={case.happened.pk for case in cases})
            self.worth = dict(kept.values_list("pk", F("amount") - F("refunded")))

    def climb(self, membership: int, ladder: Ladder) -> Climb:
        """A member's climb of a ladder, through all that is known."""
        begun = self.climbs.setdefault(membership, {})
        if ladder not in begun:
            begun[ladder] = Climb(ladder, self.events.get((membership, ladder.basis), ()))
        return begun[ladder]

    def moment(self, case) -> datetime:
        """The moment whose tier counts for a purchase."""
        happened = case.happened.occurred_at
        return max(happened, self.newest.get(case.membership, happened))

    def tier(self, case) -> str | None:
        """The tier held before a purchase, by the version that judges it."""
        ladder = case.terms.ladder
        return ladder and ladder.name(self.climb(case.membership, ladder).held(self.moment(case)))

    def add(self, case, points: int) -> None:
        """Let a judged purchase count, and note how that changes the tier by the last version."""
        if case.membership not in self.places:
            return
        member, moment, ladder = case.membership, self.moment(case), self.ladders.get(case.program.pk)
        if ladder:
            self.pass_time(member, ladder, moment)
        self.count(case, points)
        self.newest[member] = moment
        if ladder:
            tier = ladder.name(self.climb(member, ladder).held(moment))
            self.places[member].go(tier, at=moment, cause=Cause.PURCHASE, purchase=case.happened.pk)
            self.touched[member] = ladder

    def pass_time(self, member: int, ladder: Ladder, moment: datetime) -> None:
        """Note what has ended until a moment, and what the program changed and nobody has followed yet."""
        place, climb = self.places[member], self.climb(member, ladder)
        if member in self.touched:
            rank = ladder.find(place.tier)
            for end, lower in climb.falls(rank, moment) if rank != NONE else ():
                place.go(ladder.name(lower), at=end, cause=Cause.WINDOW)
        else:
            place.pass_time(moment)
        place.go(ladder.name(climb.held(moment)), at=moment, cause=Cause.RULES)

    def count(self, case, points: int) -> None:
        """Let a purchase count on every ladder that its member climbs, and on those begun later."""
        member, purchase = case.membership, case.happened
        worth = self.worth.get(purchase.pk, purchase.amount)
        values = {"spend": worth, "visits": int(worth > 0 or purchase.amount == 0), "points": points}
        events = {
            basis: Event(purchase.occurred_at, purchase.occurred_on, values[basis])
            for basis in self.bases[case.program.pk]
        }
        for ladder, climb in self.climbs.get(member, {}).items():
            climb.add(events[ladder.basis])
        for basis, event in events.items():
            self.events.setdefault((member, basis), []).append(event)

    def write(self, *, at: datetime) -> None:
        """Keep where the members stand now."""
        for member, ladder in self.touched.items():
            self.places[member].steps = self.climb(member, ladder).steps(self.newest[member])
        places.write((self.places[member] for member in sorted(self.touched)), at=at)
