"""What purchases still deserve after what came back of them: judged again by the version and the facts of then."""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from functools import cached_property
from zoneinfo import ZoneInfo

from customers.merchants.models import Merchant
from customers.models import Purchase, PurchaseLine
from customers.purchases import remaining
from rewards import programs, rules
from rewards.models import Judgement

from . import basket


class Rest:
    """Judgements (with their versions) of purchases, judged again by the version and the facts of then."""

    def __init__(self, merchant: Merchant, judged: Iterable[Judgement], purchases: dict[int, Purchase]):
        self.zone = merchant.timezone
        self.judged, self.purchases = list(judged), purchases
        self.terms = {one.version_id: programs.Terms.of(one.version, self.zone) for one in self.judged}

    def ruleset(self, one: Judgement) -> rules.Ruleset:
        return self.terms[one.version_id].ruleset

    @cached_property
    def lines(self) -> dict[int, list[PurchaseLine]]:
        """The lines of the purchases whose rest depends on them (one query, none where none does)."""
        wanted = {one.purchase_id for one in self.judged if self.depends_on_lines(one)}
        found: dict[int, list[PurchaseLine]] = defaultdict(list)
        for line in remaining.lines_of(wanted) if wanted else ():
            found[line.purchase_id].append(line)
        return found

    def depends_on_lines(self, one: Judgement) -> bool:
        """Whether the rules look at lines, or some lines earn nothing or cost less and others may have come back."""
        purchase = self.purchases[one.purchase_id]
        some = purchase.refunded > 0 and one.facts["base"] != purchase.amount
        return some or not purchase.amount or purchase.discount > 0 or "lines" in self.ruleset(one).needs

    def awards(self, one: Judgement, *, more: int = 0, back: dict | None = None) -> list[rules.Award]:
        """What is deserved for what is left of the basket; nothing for nothing.

        Or was, while `more` of it was there and of its lines what has come `back` since.
        """
        purchase = self.purchases[one.purchase_id]
        left_over = purchase.remaining + more
        if purchase.voided_at or basket.NOTHING in one.facts or (purchase.amount and not left_over):
            return []
        lines = self.lines.get(one.purchase_id, [])
        if back:
            lines = [earlier(line, back.get(line.pk, 0)) for line in lines]
        facts = basket.again(one, self.ruleset(one), purchase, lines, ZoneInfo(self.zone), left_over=left_over)
        return rules.evaluate(self.ruleset(one), facts) if facts else []

    def counted(self) -> list[Judgement]:
        """Those whose rules have limits that count uses."""
        return [one for one in self.judged if self.ruleset(one).counted]


def earlier(line: PurchaseLine, back) -> PurchaseLine:
    """A line as it was before a quantity of it came back."""
    found = copy(line)
    found.returned -= back
    return found


def total(awards: list[rules.Award]) -> int:
    return sum(award.points for award in awards)
