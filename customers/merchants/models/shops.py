"""The tenant and its people: who may see what, at which shop.

A Merchant owns every row of business data. A User is a person with a login; a StaffMember is that person at one
merchant, in one role. An ApiKey is a till, shop or app that speaks for one merchant.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .ids import PublicId


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
    """A counter where purchases happen. `note` says what a reader must know, such as that a demo invented it."""

    public_id = PublicId("loc")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="locations")
    name = models.CharField(_("name"), max_length=100)
    note = models.CharField(_("note"), max_length=200, blank=True)

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


class PinEventKind(models.TextChoices):
    SET = "set", pgettext_lazy("PIN", "set")
    CLEARED = "cleared", pgettext_lazy("PIN", "cleared")
    WRONG = "wrong", pgettext_lazy("PIN", "typed wrong")
    STOOD = "stood", _("took over the till")
    LOCKED = "locked", _("locked the till")


class PinEvent(models.Model):
    """What happened with somebody's PIN, append-only: whose, what, when, and by whom (`actor`, a public id)."""

    place = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="pin_events", db_index=False)
    kind = models.CharField(_("kind"), max_length=7, choices=PinEventKind.choices)
    at = models.DateTimeField(_("happened"))
    actor = models.CharField(_("by"), max_length=32)

    class Meta:
        verbose_name = _("event of a PIN")
        verbose_name_plural = _("events of PINs")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PinEventKind.values), name="an_event_of_a_pin_has_a_known_kind")
        ]
        indexes = [models.Index(fields=["place", "-at", "-id"], name="pin_events_newest_first")]

    def __str__(self):
        return f"{self.kind} {self.at}"


class InvitationQuerySet(models.QuerySet):
    def for_merchant(self, merchant):
        """The invitations of one merchant: the only door to them."""
        return self.filter(merchant=merchant)

    def waiting(self):
        """Neither accepted nor withdrawn; whether it is still in time is asked of a moment."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    """A place offered to whoever reads the mail of an address: works once, and until `expires_at`."""

    public_id = PublicId("ivt")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"), max_length=254)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    invited_by = models.ForeignKey(StaffMember, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(pgettext_lazy("invitation", "expires"))
    accepted_at = models.DateTimeField(pgettext_lazy("invitation", "accepted"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            # A second invitation replaces the first, so that only the newest link opens a door.
            models.UniqueConstraint(
                "merchant",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="one_waiting_invitation_per_email",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="an_invitation_is_to_a_known_role"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None), name="an_invitation_ends_in_one_way"
            ),
        ]

    def __str__(self):
        return self.email


class Scope(models.TextChoices):
    """What a key may do; each scope includes those before it."""

    READ = "read", _("read")
    COUNTER = "counter", _("counter")
    MANAGE = "manage", _("manage")


class ApiKey(models.Model):
    """The key of a till, a web shop or an app. Only a hash is kept: the key itself is shown once."""

    public_id = PublicId("key")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(_("name"), max_length=100)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=16, editable=False, help_text=_("The first characters, to tell keys apart."))
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"],
                condition=Q(revoked_at=None),
                name="names_of_working_keys_differ",
                violation_error_message=_("A working key has this name already."),
            ),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="a_scope_is_one_of_three"),
        ]

    def __str__(self):
        return self.name

    def allows(self, scope: str) -> bool:
        """Whether the key's scope includes the one asked for."""
        order = Scope.values
        return order.index(self.scope) >= order.index(scope)
