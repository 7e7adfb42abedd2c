"""One FilterSet serves the page, the CSV and the endpoint."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import words
from customers.identity import SAME, exactly
from customers.merchants.models import Merchant
from customers.merchants.money import DECIMALS
from customers.models import Activity, Customer, Purchase
from customers.words import ENOUGH_DIGITS

FAR = 9000  # a year that no database has to hear of
MOST_PURCHASES, MOST_VALUE = 2**31 - 1, Decimal(10) ** 12


class CustomerFilter(django_filters.FilterSet):
    """Who: by text, by identifier, by city, by when they came and last bought."""

    search = django_filters.CharFilter(method="find", label=_("Name, phone, e-mail, card or id"))
    external_id = django_filters.CharFilter()
    phone = django_filters.CharFilter(method="call")
    email = django_filters.CharFilter(method="same")
    card_code = django_filters.CharFilter(method="same")
    city = django_filters.CharFilter(method="living", label=_("City"))
    created_after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    created_before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")
    last_purchase_after = django_filters.IsoDateTimeFilter(field_name="activity__last_at", lookup_expr="gte")
    last_purchase_before = django_filters.IsoDateTimeFilter(field_name="activity__last_at", lookup_expr="lt")

    class Meta:
        model = Customer
        fields = []

    def __init__(self, data=None, queryset=None, *, merchant: Merchant, **more):
        super().__init__(data, queryset, **more)
        self.merchant = merchant
        self.keys = []  # querysets of the `customer` keys that words found, for whoever counts and sorts by them

    def same(self, queryset, name, text):
        """A whole identifier, whatever its case."""
        return queryset.filter(SAME[name](text))

    def call(self, queryset, name, text):
        """A phone in any form: its digits, whole or from some digit on to the end."""
        digits = "".join(character for character in text if character.isdigit()).lstrip("0")
        if len(digits) < ENOUGH_DIGITS:
            return queryset.none()
        return queryset.filter(pk__in=words.ending(merchant=self.merchant, digits=digits))

    def living(self, queryset, name, city):
        """In a city, whatever its case and accents."""
        return self.among(queryset, words.exactly(merchant=self.merchant, word=words.city_word(city)))

    def among(self, queryset, keys):
        """Those that words found."""
        self.keys.append(keys)
        return queryset.filter(pk__in=keys)

    def find(self, queryset, name, text):
        """Whose identifier this is as a whole; where nobody's, the beginnings of a name or the end of a phone."""
        exact = list(exactly(merchant=self.merchant, text=text.strip()))
        if exact:
            return queryset.filter(pk__in=[row["pk"] for row in exact])
        return self.among(queryset, words.found(merchant=self.merchant, text=text))


def day_picker() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"})


class PeopleFilter(CustomerFilter):
    """What the page of customers adds: days of the shop, how to reach people, what they bought, tags."""

    created_from = django_filters.DateFilter(method="since", label=_("Card made from"), widget=day_picker())
    created_to = django_filters.DateFilter(method="until", label=_("Card made until"), widget=day_picker())
    last_from = django_filters.DateFilter(
        "activity__last_on", "gte", label=_("Last purchase from"), widget=day_picker()
    )
    last_to = django_filters.DateFilter("activity__last_on", "lte", label=_("Last purchase until"), widget=day_picker())
    has = django_filters.MultipleChoiceFilter(
        method="reachable",
        label=_("Can be reached by"),
        choices=[("phone", _("phone")), ("email", _("e-mail"))],
        widget=forms.CheckboxSelectMultiple,
    )
    min_purchases = django_filters.NumberFilter(
        "activity__purchases",
        "gte",
        label=_("Purchases at least"),
        min_value=1,
        max_value=MOST_PURCHASES,
        decimal_places=0,
    )
    min_value = django_filters.NumberFilter(
        method="worth", label=_("Net value at least"), min_value=0, max_value=MOST_VALUE
    )
    tag = django_filters.CharFilter(method="tagged", label=_("Tag"))

    def since(self, queryset, name, day: date):
        return queryset.none() if day.year >= FAR else queryset.filter(created_at__gte=midnight(day))

    def until(self, queryset, name, day: date):
        """The day included."""
        return queryset if day.year >= FAR else queryset.filter(created_at__lt=midnight(day + timedelta(days=1)))

    def reachable(self, queryset, name, ways: list[str]):
        """By each of the ways ticked."""
        return queryset.filter(**{f"{way}__isnull": False for way in ways})

    def worth(self, queryset, name, value: Decimal):
        """In the shop's currency, as people write it."""
        return queryset.filter(activity__net_value__gte=int(value.scaleb(DECIMALS[self.merchant.currency])))

    def tagged(self, queryset, name, tag):
        return self.among(queryset, words.exactly(merchant=self.merchant, word=words.tag_word(tag)))


def midnight(day: date) -> datetime:
    """The first moment of a day in the shop's time zone, which is the active one."""
    return timezone.make_aware(datetime.combine(day, time.min))


class HappenedFilter(django_filters.FilterSet):
    """Which of the things that happened: whose, where, when."""

    customer = django_filters.CharFilter(field_name="customer__public_id")
    location = django_filters.CharFilter(field_name="location__public_id")
    external_id = django_filters.CharFilter()
    date = django_filters.DateFilter(field_name="occurred_on")
    occurred_after = django_filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="gte")
    occurred_before = django_filters.IsoDateTimeFilter(field_name="occurred_at", lookup_expr="lt")


class ActivityFilter(HappenedFilter):
    """Which activities, also by what they were."""

    type = django_filters.CharFilter()

    class Meta:
        model = Activity
        fields = []


class PurchaseFilter(HappenedFilter):
    """Which purchases, also by the channel."""

    channel = django_filters.CharFilter()

    class Meta:
        model = Purchase
        fields = []
