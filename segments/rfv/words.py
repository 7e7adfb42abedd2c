"""What the figures of RFV mean."""

from django.utils.translation import gettext as _


def definitions() -> dict[str, str]:
    """Each figure and its sentence, in the active language."""
    return {
        "recency_days": _("Days from the last purchase day to the date; 0 for who bought that day."),
        "frequency": _("Counted purchases until the end of the day: not voided, not refunded whole."),
        "value": _("What these purchases are worth, less what came back, in minor units."),
        "scores": _(
            "1 + the whole part of 5 × (customers strictly worse) ÷ (all customers): equal customers score equally, "
            "5 is best, which is most recent, most frequent, worth most."
        ),
        "board": _("Customers by their scores of recency and frequency, with their value, and its mean score."),
        "before": _("Customers who stood in this cell at the end of the month before, by the scores of then."),
        "joined": _(
            "Customers who stand here and did not at the end of the month before; new customers are among them."
        ),
        "left": _("Customers who stood here at the end of the month before and now stand elsewhere."),
        "regions": _("Every cell belongs to one named region, so that the regions add up to all customers."),
    }
