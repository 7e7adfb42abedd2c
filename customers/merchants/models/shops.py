"""The tenant and its people: who may see what, at which shop.

A Merchant owns every row of business data. A User is a person with a login; a StaffMember is that person at one
merchant, in one role.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from customers.merchants.ids import PublicId


class UserManager(BaseUserManager):
    """Makes users; e-mail addresses are kept as typed and compared without case."""

    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username):
        return self.get(email__iexact=username)


class Theme(models.TextChoices):
    """How pages look to a person; empty follows the device."""

    SYSTEM = "", _("As the device says")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. The e-mail is the login; language and theme empty mean: as browser and device say."""

    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    theme = models.CharField(_("theme"), max_length=5, blank=True, choices=Theme.choices)
    is_staff = models.BooleanField(_("may use the maintenance pages"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_user_per_email",
                violation_error_message=_("Somebody signs in with this e-mail already."),
            ),
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="a_theme_is_one_of_three"),
        ]

    def __str__(self):
        return self.name or self.email

    def get_full_name(self):
        return self.name

    def get_short_name(self):
        return self.name or self.email


class Merchant(models.Model):
    """A shop, or a small chain under one name. Currency and time zone are fixed once a purchase exists."""

    public_id = PublicId("mer")
    name = models.CharField(_("name"), max_length=150)
    slug = models.SlugField(_("short name in addresses"), max_length=50, unique=True)
    currency = models.CharField(_("currency"), max_length=3)
    country = models.CharField(_("country"), max_length=2)
    timezone = models.CharField(_("time zone"), max_length=64)
    note = models.CharField(
        _("note about the data"),
        max_length=500,
        blank=True,
        help_text=_("Shown on home; the demo shop credits its data."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        constraints = [
            models.CheckConstraint(condition=~Q(slug=""), name="a_merchant_has_an_address"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="a_currency_has_three_letters"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="a_country_has_two_letters"),
        ]

    def __str__(self):
        return self.name


class LocationQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The locations of one merchant: the only door to them."""
        return self.filter(merchant=merchant)


class Location(models.Model):
    """A counter where purchases happen. `note` says what a reader must know, such as that a demo invented it.

    `latitude` and `longitude` are degrees (WGS 84), both or neither: distances are measured from there.
    """

    public_id = PublicId("loc")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="locations")
    name = models.CharField(_("name"), max_length=100)
    note = models.CharField(_("note"), max_length=200, blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        constraints = [
            models.UniqueConstraint(
                "merchant",
                Lower("name"),
                name="location_names_differ_within_a_merchant",
                violation_error_message=_("There is a location of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="a_location_is_somewhere_on_earth_or_not_known",
            ),
        ]

    def __str__(self):
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    STAFF = "staff", _("Staff")
    ANALYST = "analyst", _("Analyst")


class Right(models.TextChoices):
    """What a page asks for. Roles are bundles of rights, so that a view never names a role."""

    LOOK = "look", _("see home and customers")
    REPORTS = "reports", _("see revenue and retention")
    COUNTER = "counter", _("serve at the counter")
    MANAGE = "manage", _("change programs and settings")


RIGHTS = {
    Role.OWNER: frozenset(Right),
    Role.MANAGER: frozenset(Right),
    Role.STAFF: frozenset({Right.LOOK, Right.COUNTER}),
    Role.ANALYST: frozenset({Right.LOOK, Right.REPORTS}),
}


class StaffMember(models.Model):
    """A user's place at one merchant. `pin` is the hash of what they type at a shared till; empty: none."""

    public_id = PublicId("stf")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="places")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    pin = models.CharField(max_length=128, blank=True, default="", editable=False)

    only: frozenset[str] | None = None  # the rights that are left at a till which somebody else signed in; see `tills`

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="one_place_per_user_and_merchant"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="a_role_is_one_of_four"),
        ]

    def __str__(self):
        return str(self.user)

    def may(self, right: str) -> bool:
        """Whether this person's role includes the right."""
        return right in RIGHTS[self.role] and (self.only is None or right in self.only)

    @property
    def is_lent(self) -> bool:
        """Whether this person stands at a till that somebody else signed in."""
        return self.only is not None
