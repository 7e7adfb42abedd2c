"""Everything that can be asked, group by group."""

from segments.criteria import field

from . import behaviour, bought, consents, dates, lists, person, places, points, vouchers

for group in (person, places, behaviour, bought, points, vouchers, consents, dates, lists):
    field.add(group.FIELDS)
