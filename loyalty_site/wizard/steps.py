"""The forms of the five steps. Each knows its own fields; the wizard fills them in and carries them along."""

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import ceil

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Merchant
from loyalty_site.forms import decimal_mark, read_amount
from loyalty_site.program_forms import words
from loyalty_site.program_forms.closing import DayField
from loyalty_site.program_forms.first import ProgramForm
from loyalty_site.selectors.goals import METRICS, MONEY_METRICS
from rewards.models.programs import Kind
from segments.habits import Habits

from .trades import PLAIN_CARD, PLAIN_POINTS, TRADES, Suggestion, ladder

# Those of the objectives that the wizard can measure, so that it can say where the shop stands.
MEASURED = ("visits_per_month", "active_customers", "average_purchase", "revenue_per_month")
BETTER = Fraction(11, 10)  # a tenth more than today is suggested
HALF_A_YEAR = timedelta(days=182)
LONGEST_LIFE = 120
MOST_TIMES = 10
TIERED = ("tier", "above", "times")
WHOLE = {"invalid": _("Enter a whole number."), "min_value": _("Enter a whole number of at least 1.")}


def read_number(text: str, otherwise: str) -> Decimal:
    """A number with a point or a comma; refused with `otherwise`."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise forms.ValidationError(otherwise) from error
    if not number.is_finite():  # "nan" is a Decimal that cannot even be compared
        raise forms.ValidationError(otherwise)
    return number


class Step(forms.Form):
    """A step of a shop's wizard; `name` is its word in the address."""

    name = ""

    def __init__(self, data, *, merchant: Merchant):
        self.merchant = merchant
        super().__init__(data)

    def read_money(self, field: str) -> int:
        """An amount that is more than nothing."""
        amount = read_amount(self.cleaned_data[field], self.merchant.currency, decimal_mark(self.merchant))
        if not amount:
            raise forms.ValidationError(_("The amount must be more than nothing."))
        return amount


class TradeStep(Step):
    """What the shop is; everything else is filled in from there."""

    name = "trade"
    trades = TRADES
    trade = forms.ChoiceField(
        choices=[(trade.name, trade.label) for trade in TRADES],
        error_messages={"required": _("Choose what comes nearest."), "invalid_choice": _("Choose one of these.")},
    )


class ObjectiveStep(Step):
    """One objective, with the number to reach and the day by which."""

    name = "objective"
    metric = forms.ChoiceField(
        label=_("What it is for"), choices=[(name, METRICS[name]) for name in MEASURED],
        error_messages={"required": _("Choose one objective."), "invalid_choice": _("Choose one of these.")},
    )  # fmt: skip
    target = forms.CharField(
        label=_("To reach"), max_length=30, error_messages={"required": _("Which number is to be reached?")}
    )
    by = DayField(label=_("by the day"))

    def clean(self):
        typed = self.cleaned_data
        if typed.get("metric") and typed.get("target"):
            try:
                typed["number"] = self.number(typed["metric"], typed["target"])
            except forms.ValidationError as error:
                self.add_error("target", error)
        return typed

    def number(self, metric: str, text: str) -> int | float:
        """What was typed: money in minor units, whole customers, visits with a decimal."""
        if metric in MONEY_METRICS:
            return self.read_money("target")
        number = read_number(text, _("Write a number, for example 2.5."))
        if not 0 < number < 10**9:
            raise forms.ValidationError(_("Write a number above 0."))
        return int(number) if number == int(number) else float(number)

    def objective(self) -> dict:
        typed = self.cleaned_data
        return {"metric": typed["metric"], "target": typed["number"], "by": typed["by"].isoformat()}


class EarningStep(Step):
    """How points or stamps are earned: the first for amounts, the others for visits."""

    name = "earning"
    kind = forms.ChoiceField(
        label=_("Customers collect"),
        choices=[(Kind.POINTS, _("points for what they spend")), (Kind.STAMPS, _("stamps for visits"))],
        error_messages={"invalid_choice": _("Choose one of these.")},
    )
    points = forms.IntegerField(label=_("Points"), required=False, min_value=1, error_messages=WHOLE)
    every = forms.CharField(required=False, max_length=60)
    least = forms.CharField(required=False, max_length=60)

    def __init__(self, data, *, merchant: Merchant):
        super().__init__(data, merchant=merchant)
        currency = {"currency": merchant.currency}
        self.fields["every"].label = _("for each full amount in %(currency)s") % currency
        self.fields["least"].label = _("A stamp a day for a purchase of at least, in %(currency)s") % currency

    def clean(self):
        typed = self.cleaned_data
        wanted = {Kind.POINTS: ("points", "every"), Kind.STAMPS: ("least",)}.get(typed.get("kind"), ())
        for name in wanted:
            if name in self.errors:
                continue
            try:
                if not typed.get(name):
                    raise forms.ValidationError(_("Fill this in."))
                typed[name] = typed[name] if name == "points" else self.read_money(name)
            except forms.ValidationError as error:
                self.add_error(name, error)
        return typed

    def rule(self, name: str) -> dict:
        """The one rule that these answers make."""
        typed = self.cleaned_data
        if typed["kind"] == Kind.STAMPS:
            limits = {"per_customer": {"times": 1, "period": "day"}}
            found = {"award": {"fixed": 1}, "when": {"min_amount": typed["least"]}, "limits": limits}
        else:
            found = {"award": {"per_amount": {"points": typed["points"], "every": typed["every"]}}}
        return {"name": name, "trigger": "purchase", **found}


class RewardsStep(Step):
    """What is collected is worth: a point's value, or what a full card gives."""

    name = "rewards"
    value = forms.CharField(required=False, max_length=30)
    goal = forms.IntegerField(
        label=_("A first reward at so many points"), required=False, min_value=1, error_messages=WHOLE,
        help_text=_("It is put on the menu as so much off the price. Change it there to whatever you like."),
    )  # fmt: skip
    size = forms.IntegerField(
        label=_("A card is full at"), required=False, min_value=2, max_value=1_000, error_messages=WHOLE
    )
    reward = forms.CharField(label=_("A full card gives"), required=False, max_length=100)
    months = forms.IntegerField(
        label=_("What is collected lives for so many months"), required=False, min_value=1, max_value=LONGEST_LIFE,
        help_text=_("Empty: for ever."), error_messages=WHOLE,
    )  # fmt: skip

    tier = forms.CharField(
        label=_("Who spends more becomes"), required=False, max_length=50, help_text=_("Empty: all are treated alike.")
    )
    above = forms.CharField(required=False, max_length=30)
    times = forms.CharField(label=_("and earns so many times the points"), required=False, max_length=10)

    def __init__(self, data, *, merchant: Merchant, kind: str = "", tiered: bool = False):
        """`tiered` where the trade suggests tiers; they are of points."""
        super().__init__(data, merchant=merchant)
        self.kind = kind
        currency = {"currency": merchant.currency}
        self.fields["value"].label = _("A point is worth, in %(currency)s") % currency
        self.fields["above"].label = _("from so much spent in twelve months, in %(currency)s") % currency
        left_out = ("value", "goal", *TIERED) if kind == Kind.STAMPS else ("size", "reward")
        for name in left_out if tiered else {*left_out, *TIERED}:
            del self.fields[name]

    def clean_value(self) -> Decimal:
        return ProgramForm.clean_value(self)

    def clean(self):
        for name in ("size", "reward"):
            if self.kind == Kind.STAMPS and name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _("Fill this in."))
        if self.cleaned_data.get("tier"):
            self.check_tier()
        return self.cleaned_data

    def check_tier(self) -> None:
        """From what on a tier is reached, and by what it multiplies."""
        typed = self.cleaned_data
        for name, read in (("above", self.read_money), ("times", self.read_factor)):
            try:
                if not typed.get(name):
                    raise forms.ValidationError(_("Fill this in."))
                typed[name] = read(name)
            except forms.ValidationError as error:
                self.add_error(name, error)

    def read_factor(self, field: str) -> str:
        """A factor as tiers write it."""
        factor = read_number(self.cleaned_data[field], _("By how much? For example 2 or 1.5."))
        if not 1 < factor <= MOST_TIMES or factor.as_tuple().exponent < -2:
            raise forms.ValidationError(_("Write a number above 1 and up to 10, for example 1.5."))
        return f"{factor:f}"

    def tiers(self) -> list[dict]:
        """The ladder; none where its upper tier has no name."""
        typed = self.cleaned_data
        return ladder(typed["tier"].strip(), typed["above"], typed["times"]) if typed.get("tier") else []

    def stamps(self) -> dict | None:
        """The card of a stamp program."""
        if self.kind != Kind.STAMPS:
            return None
        typed = self.cleaned_data
        text = typed["reward"].strip()
        return {"size": typed["size"], "reward": {"name": text, "benefit": {"kind": "experience", "text": text}}}

    def policies(self) -> dict:
        months = self.cleaned_data["months"]
        return {"expiry": {"kind": "months", "months": months} if months else {"kind": "never"}}


class CheckStep(Step):
    """A last look: the name, and whether it starts."""

    name = "check"
    title = forms.CharField(
        label=_("Name of the program"), max_length=100,
        error_messages={"required": _("Give the program a name, as customers will hear it.")},
    )  # fmt: skip


def suggested(found: Suggestion, habits: Habits, merchant: Merchant, today: date, title: str) -> dict:
    """Every answer that a trade suggests, as it would be typed; also those for the kind that it does not suggest."""
    priced, card = (PLAIN_POINTS(habits, merchant.currency), found) if found.stamps else (found, None)
    card = card or PLAIN_CARD(habits, merchant.currency)
    award, upper = priced.rules[0]["award"]["per_amount"], found.tiers[-1] if found.tiers else {}
    return {
        "metric": found.metric,
        "target": written(found.metric, baseline(found.metric, habits), merchant),
        "by": (today + HALF_A_YEAR).isoformat(),
        "kind": found.kind,
        "points": award["points"],
        "every": words.amount(award["every"], merchant),
        "least": words.amount(card.rules[0]["when"]["min_amount"], merchant),
        "value": words.amount(priced.point_value, merchant),
        "goal": priced.reward_points,
        "size": card.stamps["size"],
        "reward": card.stamps["reward"]["name"],
        "months": found.policies["expiry"].get("months", ""),
        "tier": upper.get("name", ""),
        "above": words.amount(upper["threshold"], merchant) if upper else "",
        "times": upper.get("multiply", ""),
        "title": title,
    }


def baseline(metric: str, habits: Habits) -> Fraction | None:
    """Where the shop stands today; None where its sales do not say."""
    if not habits.purchases:
        return None
    return {
        "visits_per_month": habits.purchases_a_month / habits.active,
        "active_customers": habits.active,
        "average_purchase": Fraction(habits.revenue, habits.purchases),
        "revenue_per_month": habits.revenue_a_month,
    }[metric]


def written(metric: str, today: Fraction | None, merchant: Merchant) -> str:
    """A tenth more than today, as one would type it; empty where nothing is known."""
    if today is None:
        return ""
    better = today * BETTER
    if metric in MONEY_METRICS:
        return words.amount(int(better), merchant)
    if metric == "active_customers":
        return str(int(better) + 1)
    return str(Decimal(ceil(better * 10)) / 10)
