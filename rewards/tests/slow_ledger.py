"""The ledger by the contract's words, slow and obvious: lists, one point at a time, no database.

Time is swept before everything that happens: what is over is gone at once. Of each account it knows the lots, what is
owed and what has expired.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Madrid")
ENDLESS = datetime.max.replace(tzinfo=UTC)


class Refused(Exception):
    """The code of a no."""


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def night_after(day: date) -> datetime:
    """The first moment after a local day."""
    day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=ZONE).astimezone(UTC)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, found by walking."""
    wanted, month = day.day, day.replace(day=1)
    for __ in range(months):
        month = (month + timedelta(days=32)).replace(day=1)
    while wanted:
        try:
            return month.replace(day=wanted)
        except ValueError:
            wanted -= 1
    raise AssertionError


@dataclass
class Lot:
    number: int
    remaining: int
    available_at: datetime
    expires_at: datetime | None = None
    idle: int | None = None
    since: datetime | None = None
    bought: int | None = None
    over: bool = False


@dataclass
class Account:
    people: set = field(default_factory=set)
    lots: list[Lot] = field(default_factory=list)
    deficit: int = 0
    expired: int = 0
    redeemed: int = 0


@dataclass
class Held:
    person: object
    account: Account
    points: list[Lot]  # one lot for each point
    ends_at: datetime
    spent: bool = False
    released: bool = False


@dataclass
class Spent:
    account: Account
    drawn: list = field(default_factory=list)  # one lot for each point


@dataclass
class Bought:
    account: Account
    kept: int
    lost: int = 0  # of its own points, expired
    settled: int = 0


class SlowLedger:
    """Accounts of people who buy."""

    def __init__(self, people, now: datetime):
        self.now, self.numbers = now, 0
        self.accounts = [Account({person}) for person in people]
        self.of = dict(zip(people, self.accounts, strict=True))
        self.last = dict.fromkeys(people)
        self.bought: list[Bought] = []
        self.spent: list[Spent] = []
        self.holds: list[Held] = []

    def over_at(self, lot: Lot, account: Account) -> datetime:
        if lot.idle:
            moments = [lot.since, *(self.last[person] for person in account.people)]
            return night_after(months_after(day_of(max(moment for moment in moments if moment)), lot.idle))
        return lot.expires_at or ENDLESS

    def active(self) -> list[Held]:
        return [one for one in self.holds if not one.spent and not one.released and self.now < one.ends_at]

    def free(self, lot: Lot) -> int:
        """What of a lot nobody holds."""
        return lot.remaining - sum(point is lot for one in self.active() for point in one.points)

    def sweep(self) -> None:
        for account in self.accounts:
            for lot in account.lots:
                lot.over = lot.over or self.over_at(lot, account) <= self.now
                if lot.over and (gone := self.free(lot)):
                    account.expired += gone
                    if lot.bought is not None and self.bought[lot.bought].account is account:
                        self.bought[lot.bought].lost += gone
                    lot.remaining -= gone

    def order(self, account: Account) -> list[Lot]:
        """Lots that can be spent, in order."""
        found = [lot for lot in account.lots if self.free(lot) and lot.available_at <= self.now]
        return sorted(found, key=lambda lot: (self.over_at(lot, account), lot.number))

    def available(self, account: Account) -> int:
        return sum(self.free(lot) for lot in self.order(account)) - account.deficit

    def held(self, account: Account) -> int:
        return sum(len(one.points) for one in self.active() if one.account is account)

    def pending(self, account: Account) -> int:
        return sum(lot.remaining for lot in account.lots if lot.available_at > self.now)

    def arrive(self, account: Account, lots: list[Lot]) -> None:
        """New lots; what is owed is repaid by them, in spending order."""
        for lot in lots:
            self.numbers += 1
            lot.number = self.numbers
            account.lots.append(lot)
        self.repay(account, [lot for lot in lots for __ in range(lot.remaining)])

    def repay(self, account: Account, points: list[Lot]) -> None:
        for lot in sorted(points, key=lambda lot: (self.over_at(lot, account), lot.number)):
            if account.deficit:
                account.deficit -= 1
                lot.remaining -= 1

    def draw(self, account: Account, points: int) -> list[Lot]:
        """One point after the other."""
        if account.deficit:
            raise Refused("deficit")
        if self.available(account) < points:
            raise Refused("insufficient_points")
        drawn = []
        for __ in range(points):
            lot = self.order(account)[0]
            lot.remaining -= 1
            drawn.append(lot)
        return drawn

    def buy(self, person, points: int, hold: timedelta, life) -> None:
        self.sweep()
        self.last[person] = self.now
        account = self.of[person]
        lot = Lot(0, points, self.now + hold, bought=len(self.bought))
        if isinstance(life, int):
            lot.idle, lot.since = life, self.now
        elif life:
            lot.expires_at = self.now + hold + life
        self.bought.append(Bought(account, points))
        self.arrive(account, [lot])

    def spend(self, person, points: int) -> None:
        self.sweep()
        account = self.of[person]
        self.spent.append(Spent(account, self.draw(account, points)))
        account.redeemed += points

    def hold(self, person, points: int, minutes: int) -> None:
        self.sweep()
        account = self.of[person]
        drawn = self.draw(account, points)
        for lot in drawn:
            lot.remaining += 1
        self.holds.append(Held(person, account, drawn, self.now + timedelta(minutes=minutes)))

    def holders(self) -> set:
        return {one.person for one in self.active()}

    def capture(self, number: int) -> None:
        self.sweep()
        held = self.holds[number]
        if held.spent:
            return
        if held not in self.active():
            raise Refused("hold_over")
        held.spent = True
        for lot in held.points:
            lot.remaining -= 1
        held.account.redeemed += len(held.points)
        self.spent.append(Spent(held.account, list(held.points)))

    def release(self, number: int) -> None:
        self.sweep()
        held = self.holds[number]
        if held.spent:
            raise Refused("hold_over")
        held.released = True
        self.sweep()

    def give_back(self, number: int, points: int) -> int:
        """Returns how many points came back late."""
        self.sweep()
        spent = self.spent[number]
        if not 0 < points <= len(spent.drawn):
            raise Refused("exceeds_redemption")
        back = [spent.drawn.pop() for __ in range(points)]
        account, fresh, home = spent.account, {}, []
        account.redeemed -= points
        for lot in back:
            if lot.over:
                late = Lot(0, 0, self.now, night_after(day_of(self.now) + timedelta(days=30)), bought=lot.bought)
                fresh.setdefault(lot.number, late).remaining += 1
            else:
                lot.remaining += 1
                home.append(lot)
        for lot in fresh.values():
            self.numbers += 1
            lot.number = self.numbers
            account.lots.append(lot)
        self.repay(account, home + [lot for lot in fresh.values() for __ in range(lot.remaining)])
        return points - len(home)

    def reverse(self, number: int, points: int, forgive: bool) -> None:
        self.sweep()
        bought = self.bought[number]
        points = min(points, bought.kept)
        bought.kept -= points
        lapsed = min(points, max(bought.lost - bought.settled, 0))
        bought.settled += lapsed
        account = bought.account
        for __ in range(points - lapsed):
            own = [lot for lot in account.lots if lot.bought == number and self.free(lot) and not lot.over]
            if lots := own or self.order(account):
                lots[0].remaining -= 1
            elif not forgive:
                account.deficit += 1

    def pass_on(self, account: Account, drawn: list[Lot], to: Account) -> None:
        """Points on another account, each lot as it was; its idleness goes on from where it stood."""
        fresh: dict[int, Lot] = {}
        for lot in drawn:
            same = Lot(0, 0, lot.available_at, lot.expires_at, lot.idle, bought=lot.bought)
            if lot.idle:
                moments = [lot.since, *(self.last[person] for person in account.people)]
                same.since = max(moment for moment in moments if moment)
            fresh.setdefault(lot.number, same).remaining += 1
        self.arrive(to, list(fresh.values()))

    def transfer(self, sender, receiver, points: int) -> None:
        self.sweep()
        account, to = self.of[sender], self.of[receiver]
        if account is to:
            raise Refused("own_account")
        self.pass_on(account, self.draw(account, points), to)

    def join(self, person, host) -> None:
        self.sweep()
        account, to = self.of[person], self.of[host]
        if account is to:
            raise Refused("own_account")
        if len(account.people) > 1:
            raise Refused("in_a_pool")
        if self.held(account):
            raise Refused("points_held")
        if account.deficit or to.deficit:
            raise Refused("deficit")
        self.pass_on(account, [lot for lot in account.lots for __ in range(lot.remaining)], to)
        for lot in account.lots:
            lot.remaining = 0
        self.settle_clocks(account)
        account.people.remove(person)
        to.people.add(person)
        self.of[person] = to

    def leave(self, person) -> None:
        self.sweep()
        account = self.of[person]
        if len(account.people) == 1:
            raise Refused("not_in_a_pool")
        if person in self.holders():
            raise Refused("points_held")
        self.settle_clocks(account)
        account.people.remove(person)
        self.of[person] = Account({person})
        self.accounts.append(self.of[person])

    def settle_clocks(self, account: Account) -> None:
        """Who leaves takes no time away."""
        moments = [self.last[person] for person in account.people if self.last[person]]
        for lot in account.lots:
            if lot.idle:
                lot.since = max([lot.since, *moments])

    def adjust(self, person, points: int, life) -> None:
        self.sweep()
        account = self.of[person]
        if points > 0:
            self.arrive(account, [Lot(0, points, self.now, life and self.now + life)])
        elif self.available(account) < -points:
            raise Refused("insufficient_points")
        else:
            self.draw(account, -points)
