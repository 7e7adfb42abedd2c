"""Rewards: the menu as the shop sees it, making and changing one, and who took it."""

import csv

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.web import find_or_404, merchant_page, page_of, typed
from loyalty_site.reward_forms import RewardForm
from loyalty_site.reward_forms.terms import so_far
from loyalty_site.selectors import programs as promises
from loyalty_site.selectors import rewards as words
from rewards import catalog
from rewards.catalog import pictures
from rewards.models import Program, Reward
from rewards.models.rewards import RewardStatus

from .attempts import attempted
from .settings import ASKED, act, sent


def find(place, reward_id) -> Reward:
    """The shop's reward, or 404."""
    return find_or_404(words.rewards(place.merchant), reward_id)


@require_safe
@merchant_page(Right.MANAGE)
def reward_list(request, place):
    """Every reward in menu order."""
    found = words.catalog(place.merchant, at=timezone.now())
    programs = promises.programs_of(place.merchant).exists()
    return render(request, "pages/rewards.html", {"catalog": found, "programs": programs})


@require_safe
@merchant_page(Right.MANAGE)
def rewards_csv(request, place):
    """The same for a spreadsheet."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rewards-{place.merchant.slug}.csv"'
    csv.writer(response).writerows(words.rows(words.catalog(place.merchant, at=timezone.now())))
    return response


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def new(request, place):
    """A further reward: of the program that the address names, or of the only one; otherwise the programs to choose."""
    programs = list(promises.programs_of(place.merchant).not_closed(timezone.now()).select_related("merchant"))
    wanted = typed(request, "program")
    program = next((one for one in programs if wanted == one.public_id or len(programs) == 1), None)
    if program is None:
        return render(request, "pages/reward_program.html", {"programs": programs})
    return fill_in(request, place, program, None)


@require_http_methods(ASKED)
@merchant_page(Right.MANAGE)
def edit(request, place, reward_id):
    """Change the terms of a reward."""
    reward = find(place, reward_id)
    return fill_in(request, place, reward.program, reward)


def fill_in(request, place, program: Program, reward: Reward | None):
    """The form of a reward. While a kind is chosen (`look`) nothing is judged; htmx then gets its fields alone."""
    look = "look" in request.POST
    form = RewardForm(
        None if look else sent(request),
        request.FILES if request.method == "POST" and not look else None,
        program=program,
        reward=reward,
        asked=so_far(request.POST) if look else None,
    )
    if request.htmx:
        return render(request, "pages/_reward_benefit.html", {"form": form})
    made = saved(request, form, program, reward) if form.is_bound else None
    if made is not None:
        messages.success(request, _("%(name)s is saved.") % {"name": made.name})
        return redirect("reward", place.merchant.slug, made.public_id)
    return render(request, "pages/reward_edit.html", {"form": form, "program": program, "reward": reward})


def saved(request, form: RewardForm, program: Program, reward: Reward | None) -> Reward | None:
    """The reward of a valid form, with its picture; None when it is refused, which the form then says."""
    at = timezone.now()

    def work() -> Reward:
        if reward:
            made = catalog.update(reward=reward, at=at, **form.terms())
        else:
            status = RewardStatus.DRAFT if "draft" in request.POST else RewardStatus.ACTIVE
            made = catalog.create(program=program, at=at, status=status, **form.terms())
        keep_picture(made, **form.picture_asked())
        return made

    return attempted(form, work)


def keep_picture(reward: Reward, *, content: bytes | None, description: str, none: bool) -> None:
    """Keep, describe or drop the picture of a reward, as the form asks."""
    if content:
        pictures.keep(reward=reward, content=content, description=description)
    elif none:
        pictures.drop(reward=reward)
    else:
        pictures.describe(reward=reward, description=description)


@require_safe
@never_cache
@merchant_page(Right.MANAGE)
def reward(request, place, reward_id):
    """One reward: its terms, what a point buys and costs here, and who took it."""
    at, found = timezone.now(), find(place, reward_id)
    page = page_of(words.redemptions(place.merchant).filter(reward=found), request)
    context = {"shown": words.reward_page(found, at=at), "page": page, "taken": words.taken(page, at=at), "at": at}
    return render(request, "pages/reward.html", context)


@require_POST
@merchant_page(Right.MANAGE)
def state(request, place, reward_id):
    """Offer a reward, or withdraw it."""
    at, found = timezone.now(), find(place, reward_id)
    if "offer" in request.POST:
        said = _("%(name)s is on the menu.") % {"name": found.name}
        act(request, lambda: catalog.update(reward=found, at=at, status=RewardStatus.ACTIVE), said)
    else:
        said = _("%(name)s is withdrawn. Vouchers from it stay good.") % {"name": found.name}
        act(request, lambda: catalog.archive(reward=found, at=at), said)
    return redirect("reward", place.merchant.slug, found.public_id)


@require_POST
@merchant_page(Right.MANAGE)
def remove(request, place, reward_id):
    """Remove a reward that nobody has redeemed."""
    found = find(place, reward_id)
    act(request, lambda: catalog.remove(reward=found), _("%(name)s is removed.") % {"name": found.name})
    return redirect("rewards", place.merchant.slug)


@require_POST
@merchant_page(Right.MANAGE)
def move(request, place, reward_id):
    """Let a reward change places with its neighbour in the menu."""
    catalog.move(reward=find(place, reward_id), up="up" in request.POST)
    return redirect("rewards", place.merchant.slug)
