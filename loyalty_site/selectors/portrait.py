"""What the figures about one customer mean."""

from django.utils.translation import gettext as _

from segments import lifecycle


def definitions() -> dict[str, str]:
    """A sentence for each figure of a customer's profile."""
    return {
        "rfv": _(
            "Days since the last purchase, number of purchases, and their net value. A score is 1 plus the whole "
            "fifths of all customers who are strictly worse; 5 is best."
        ),
        "clv": _("Expected revenue of the next 12 months, and the probability of ever buying again."),
        "favourite_products": _("The products bought twice or more in the latest 20 purchases, at most three."),
        "usual": _(
            "The weekday, the hour and the days between visits that are most common among the latest 200; empty while "
            "there are too few, or none leads."
        ),
        "channel_mix": _("The share of each channel in all counted purchases."),
        "satisfaction": _("The newest answers that the customer gave in surveys, from 0 to 10 and from 1 to 5."),
        "next_best_reward": _("The reward that suits the customer best by taste, time to reach it and use."),
        **lifecycle.definitions(),
    }
