"""The menu of rewards that customers see, in every language of the site or in one."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from customers.merchants.models import Merchant
from customers.merchants.templatetags.ficha import day
from rewards.models import Reward, RewardPicture
from rewards.models.programs import Status
from rewards.models.rewards import LimitPeriod, RewardStatus

from .printing import SIZES, usual_size
from .rewards import Listed, listed, rewards
from .terms import languages


@dataclass(slots=True)
class Dish:
    """A reward of the menu with its terms in sentences; the rest is what the shop sees too."""

    one: Listed
    terms: list[str]

    @property
    def reward(self) -> Reward:
        return self.one.reward

    @property
    def gives(self) -> str:
        return self.one.gives

    @property
    def picture(self):
        return self.one.picture


@dataclass(slots=True)
class Said:
    """The menu in one language."""

    language: str
    dishes: list[Dish]


@dataclass(slots=True)
class Menu:
    """What a shop offers for points; `language` is the only one that was asked for, or empty for all."""

    merchant: Merchant
    size: str
    language: str
    said: list[Said]
    sizes = SIZES

    @property
    def languages(self) -> list[tuple[str, str]]:
        """What can be asked for: all languages together, or one."""
        return [("", _("all languages")), *settings.LANGUAGES]


def menu(merchant: Merchant, *, size: str, language: str, at: datetime) -> Menu:
    """The rewards that somebody can take now or soon, in menu order (two queries for each language).

    A paper or language that is not known is the usual one: that of the country, and all languages.
    """
    spoken = [language] if language in dict(settings.LANGUAGES) else languages()
    return Menu(
        merchant,
        size if size in dict(SIZES) else usual_size(merchant),
        language if language in dict(settings.LANGUAGES) else "",
        [said(merchant, one, at=at) for one in spoken],
    )


def said(merchant: Merchant, language: str, *, at: datetime) -> Said:
    """The menu in one language; what is for one list of customers alone is not for everybody to read."""
    offered = rewards(merchant).filter(status=RewardStatus.ACTIVE, audience=None)
    offered = (
        offered.exclude(program__status=Status.DRAFT).exclude(ends_at__lte=at).exclude(program__spendable_until__lte=at)
    )
    with translation.override(language):
        found = listed(offered.order_by("position", "pk"), merchant, at=at)
        return Said(language, [Dish(one, terms(one, at=at)) for one in found])


def terms(one: Listed, *, at: datetime) -> list[str]:
    """For whom, when and how often, where that is not everybody, always and as often as one likes."""
    reward = one.reward
    found = [for_whom(reward), *window(reward, at=at), limit(reward)]
    if one.left == 0:
        found.append(_("None left at the moment."))
    if reward.voucher_days:
        found.append(_("To be used within %(days)d days.") % {"days": reward.voucher_days})
    return [sentence for sentence in found if sentence]


def for_whom(reward: Reward) -> str:
    """The tiers that may take it."""
    return _("For %(tiers)s.") % {"tiers": ", ".join(reward.tiers)} if reward.tiers else ""


def window(reward: Reward, *, at: datetime) -> list[str]:
    """From when and until when, and for whom earlier."""
    found = []
    if reward.starts_at and reward.starts_at > at:
        found.append(_("From %(day)s.") % {"day": day(reward.starts_at)})
        if reward.early_at:
            early = {"tiers": ", ".join(reward.early_tiers), "day": day(reward.early_at)}
            found.append(_("For %(tiers)s from %(day)s.") % early)
    if reward.ends_at:
        found.append(_("Until %(day)s.") % {"day": day(reward.ends_at)})
    return found


def limit(reward: Reward) -> str:
    """How often."""
    said = {
        LimitPeriod.DAY: _("At most %(count)d a day for each customer."),
        LimitPeriod.WEEK: _("At most %(count)d a week for each customer."),
        LimitPeriod.MONTH: _("At most %(count)d a month for each customer."),
        LimitPeriod.YEAR: _("At most %(count)d a year for each customer."),
        LimitPeriod.EVER: _("At most %(count)d for each customer."),
    }
    return said[reward.limit_period] % {"count": reward.per_customer} if reward.per_customer else ""


def picture(slug: str, reward_id: str, digest: str) -> RewardPicture | None:
    """The picture that an address names (one query); None for one that is no longer the reward's."""
    found = RewardPicture.objects.filter(reward__merchant__slug=slug, reward__public_id=reward_id, digest=digest)
    return found.first()
