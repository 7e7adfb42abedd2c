"""Customer lists under a name: a person's own, or the whole shop's."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers.merchants.models import Right, StaffMember
from customers.merchants.refusals import Conflict, Forbidden, Invalid
from loyalty_site.models import SavedView

MOST = 50
LONGEST_NAME, LONGEST_ADDRESS = 60, 2000


class NameTaken(Conflict):
    code = "name_taken"
    message = _("A view has this name already. Choose another one.")


class WrongName(Invalid):
    code = "invalid_name"
    message = _("A view needs a name of 1 to 60 characters.")


class TooManyViews(Conflict):
    code = "too_many_views"
    message = _("There are 50 saved views already. Delete one that nobody needs.")


class TooLong(Invalid):
    code = "too_long"
    message = _("This list asks for too much at once to be saved. Save it with fewer filters.")


class SharedView(Forbidden):
    code = "shared_view"
    message = _("Only somebody who may change settings saves, renames and deletes views of the whole shop.")


@transaction.atomic
def add(*, place: StaffMember, name: str, query: str, shared: bool, at: datetime) -> SavedView:
    """Keep an address under a name. Raises WrongName, NameTaken, TooLong, TooManyViews and SharedView."""
    name = check_name(name)
    if len(query) > LONGEST_ADDRESS:
        raise TooLong(field="name")
    if shared and not place.may(Right.MANAGE):
        raise SharedView(field="shared")
    if SavedView.objects.for_place(place).count() >= MOST:
        raise TooManyViews(field="name")
    view = SavedView(merchant=place.merchant, owner=None if shared else place, name=name, query=query, created_at=at)
    return write(view)


@transaction.atomic
def rename(*, place: StaffMember, view: SavedView, name: str) -> SavedView:
    """Call a view something else. Raises WrongName, NameTaken and SharedView."""
    check_mine(place, view)
    view.name = check_name(name)
    return write(view)


@transaction.atomic
def delete(*, place: StaffMember, view: SavedView) -> None:
    """Forget a view; the customers stay. Raises SharedView."""
    check_mine(place, view)
    view.delete()


def check_name(name: str) -> str:
    """A name that fits, without spaces around it."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME or "\0" in name:
        raise WrongName(field="name")
    return name


def check_mine(place: StaffMember, view: SavedView) -> None:
    """Refuse the shop's views to those who may not change what is the shop's."""
    if view.owner_id is None and not place.may(Right.MANAGE):
        raise SharedView


def write(view: SavedView) -> SavedView:
    """Save it, unless another of the same kind has its name."""
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise NameTaken(field="name") from error
    return view
