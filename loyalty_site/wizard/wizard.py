"""Five steps to a program. Every answer stands in the address, so nothing is written before the last step."""

from datetime import date
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.merchants.models import Merchant
from customers.merchants.refusals import Refusal
from customers.merchants.templatetags.ficha import money
from rewards.models import Program, ProgramVersion
from rewards.programs import Wording
from segments.habits import Habits

from .steps import CheckStep, EarningStep, ObjectiveStep, RewardsStep, Step, TradeStep, suggested
from .trades import TRADES

STEPS = [
    ("trade", gettext_lazy("Trade")),
    ("objective", gettext_lazy("Objective")),
    ("earning", gettext_lazy("Earning")),
    ("rewards", gettext_lazy("Rewards")),
    ("check", gettext_lazy("Check")),
]
NAMES = [name for name, __ in STEPS]


def shown_in(form: Step) -> list[tuple[str, str]]:
    """What stands in the fields of a step."""
    return [(name, form[name].value() or "") for name in form.fields]


class Wizard:
    """The answers so far, with the suggestions of the trade for those that are not given; `here` is the step to show.

    A step is reached only when all before it make sense.
    """

    def __init__(self, data, *, merchant: Merchant, habits: Habits, today: date):
        self.merchant, self.habits = merchant, habits
        given = {name: data[name] for name in data}
        self.forms: dict[str, Step] = {"trade": TradeStep(given if "trade" in given else None, merchant=merchant)}
        self.here = "trade"
        if not self.forms["trade"].is_valid():
            return
        self.trade = next(one for one in TRADES if one.name == given["trade"])
        found = self.trade.suggest(habits, merchant.currency)
        self.data = {**suggested(found, habits, merchant, today, self.title()), **given}
        self.fill(tiered=bool(found.tiers))
        asked = given.get("step") if given.get("step") in NAMES else "objective"
        wrong = (name for name in NAMES[: NAMES.index(asked)] if not self.forms[name].is_valid())
        self.here = next(wrong, asked)

    def title(self) -> str:
        """A name for the program, until somebody gives it one."""
        return _("%(shop)s: %(trade)s") % {"shop": self.merchant.name, "trade": self.trade.label}

    def fill(self, *, tiered: bool) -> None:
        """The forms of the other steps."""
        for form in (ObjectiveStep, EarningStep, CheckStep):
            self.forms[form.name] = form(self.data, merchant=self.merchant)
        kind = str(self.data.get("kind"))
        self.forms["rewards"] = RewardsStep(self.data, merchant=self.merchant, kind=kind, tiered=tiered)

    @property
    def form(self) -> Step:
        return self.forms[self.here]

    @property
    def following(self) -> str:
        """The step after this one; empty at the last."""
        return NAMES[NAMES.index(self.here) + 1] if self.here != NAMES[-1] else ""

    @property
    def marks(self) -> list[tuple]:
        """The steps, each with the way back to it where it is done, and whether it is here."""
        place = NAMES.index(self.here)
        return [
            (number + 1, label, self.way_back(name) if number < place else "", number == place)
            for number, (name, label) in enumerate(STEPS)
        ]

    def way_back(self, name: str) -> str:
        """A query that shows a step again, with every answer so far; the trade alone keeps none of the others."""
        if name == "trade":
            return urlencode({"trade": self.trade.name, "step": name})
        return urlencode([*self.answers, *shown_in(self.form), ("step", name)])

    @property
    def answers(self) -> list[tuple[str, str]]:
        """What was answered before this step, to be carried along."""
        done = NAMES[: NAMES.index(self.here)]
        return [answer for step in done for answer in shown_in(self.forms[step])]

    @property
    def is_whole(self) -> bool:
        """Whether every step but the last makes sense."""
        return len(self.forms) == len(STEPS) and all(self.forms[name].is_valid() for name in NAMES[:-1])

    def parts(self) -> dict:
        """What `programs.create` takes, but for the name."""
        earning, rewards = self.forms["earning"], self.forms["rewards"]
        stamps = rewards.stamps()
        return {
            "kind": earning.cleaned_data["kind"],
            "rules": [earning.rule(_("A stamp a visit") if stamps else _("Points"))],
            "policies": rewards.policies(),
            "tiers": rewards.tiers(),
            "objective": self.forms["objective"].objective(),
            **({"stamps": stamps} if stamps else {"point_value": rewards.cleaned_data["value"]}),
        }

    def first_reward(self) -> dict | None:
        """What `catalog.create` takes for the first reward; none for stamps, and where points are worth nothing."""
        typed = self.forms["rewards"].cleaned_data
        amount = int((typed.get("goal") or 0) * (typed.get("value") or 0))
        if not amount:
            return None
        return {
            "name": _("%(amount)s off") % {"amount": money(amount, self.merchant.currency)},
            "cost": typed["goal"],
            "benefit": {"kind": "amount_off", "amount": amount},
            "unit_cost": amount,
            "perceived_value": amount,
        }

    def version(self) -> ProgramVersion:
        """The first version as it would be, to be read. Raises what publishing would."""
        parts = self.parts()
        wording = Wording(parts["rules"], parts["policies"], parts["tiers"], stamps=parts.get("stamps"))
        wording = wording.checked(merchant=self.merchant, kind=parts["kind"])
        unit = "stamps" if parts["kind"] == "stamps" else "points"
        program = Program(merchant=self.merchant, kind=parts["kind"], unit=unit, objective=parts["objective"])
        return ProgramVersion(program=program, number=1, **wording.columns())

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the domain at the last step."""
        self.forms["check"].add_error("title" if refusal.field == "name" else None, str(refusal))
