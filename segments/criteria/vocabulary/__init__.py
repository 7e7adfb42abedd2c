"""Everything that can be asked, group by group."""

from segments.criteria import field

from . import behaviour, bought, consents, dates, life, lists, person, places, points, satisfaction, vouchers

for group in (person, places, behaviour, bought, life, satisfaction, points, vouchers, consents, dates, lists):
    field.add(group.FIELDS)
