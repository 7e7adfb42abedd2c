"""Segments: the list of them, one with its people, and what is done with it: refresh, snapshot, upload, put away."""

from django.contrib import messages
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.templatetags.ficha import whole
from customers.merchants.web import find_or_404, merchant_page, page_of, typed
from loyalty_site import spreadsheets, uploads
from loyalty_site.forms import refuse
from loyalty_site.segment_forms import SnapshotForm, SquareForm, UploadForm
from loyalty_site.selectors import segments as shown
from segments import lists, ready
from segments.models import Segment


def find(place, segment_id: str) -> Segment:
    """The shop's segment with that id, or 404."""
    mine = Segment.objects.for_merchant(place.merchant).select_related("audience", "merchant", "source__audience")
    return find_or_404(mine, segment_id, "audience__public_id")


@require_safe
@merchant_page(Right.REPORTS)
def segments(request, place):
    """Every segment with its figures, and the ready ones."""
    at = timezone.now()
    return render(request, "pages/segments.html", {"shown": shown.segments_page(place.merchant, at=at), "at": at})


@require_safe
@merchant_page(Right.REPORTS)
def segment(request, place, segment_id):
    """One segment, and who is in it, came or left."""
    at, found = timezone.now(), find(place, segment_id)
    tab = tab_of(request)
    page = page_of(shown.members(found, tab, at=at), request)
    context = {
        "segment": found,
        "shown": shown.segment_page(found, at=at),
        "page": page,
        "people": shown.people_of(page),
        "tab": tab,
        "tabs": shown.TABS.items(),
        "form": SnapshotForm(initial={"name": lists.snapshot_name(found, day=timezone.localdate())}),
        "at": at,
    }
    return render(request, "pages/segment.html", context)


@require_safe
@merchant_page(Right.REPORTS)
def segment_csv(request, place, segment_id):
    """The people of a tab for a spreadsheet."""
    found = find(place, segment_id)
    people = shown.members(found, tab_of(request), at=timezone.now())
    response = StreamingHttpResponse(
        spreadsheets.written(shown.csv_rows(place, people)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{segment_id}.csv"'
    return response


def tab_of(request) -> str:
    """The tab that the address names, or the first."""
    tab = typed(request, "tab")
    return tab if tab in shown.TABS else ""


@require_POST
@merchant_page(Right.MANAGE)
def use(request, place, key):
    """Make a ready segment the shop's own."""
    try:
        made = ready.use(merchant=place.merchant, key=key, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("segments", place.merchant.slug)
    return to_new(request, place, made)


@require_POST
@merchant_page(Right.MANAGE)
def of_board(request, place):
    """Make a segment of a square or a region of the board."""
    form = SquareForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["where"][0])
        return redirect("rfv", place.merchant.slug)
    wanted = {"name": form.called(), "reason": form.reason(), "definition": ready.of_places(form.places())}
    try:
        made = lists.create(merchant=place.merchant, at=timezone.now(), **wanted)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("rfv", place.merchant.slug)
    return to_new(request, place, made)


def to_new(request, place, made: Segment):
    """The page of a segment that was just made."""
    messages.success(request, _("“%(name)s” is made. It follows its criteria every night.") % {"name": made.name})
    return redirect("segment", place.merchant.slug, made.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.MANAGE)
def upload(request, place):
    """A list of the customers whom a file names; one that cannot be read is answered here and not kept."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = uploads.upload(
                merchant=place.merchant,
                name=form.cleaned_data["name"],
                content=file,
                filename=file.name,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else "file", str(refusal))
        else:
            return redirect("segment", place.merchant.slug, made.public_id)
    return render(request, "pages/segment_upload.html", {"form": form})


@require_POST
@merchant_page(Right.MANAGE)
def refresh(request, place, segment_id):
    """Let the list follow its criteria now, and say who came and left."""
    found = find(place, segment_id)
    try:
        came, left = lists.refresh(segment=found, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("Refreshed: %(came)s came, %(left)s left.")
        messages.success(request, said % {"came": whole(came), "left": whole(left)})
    return redirect("segment", place.merchant.slug, segment_id)


@require_POST
@merchant_page(Right.MANAGE)
def snapshot(request, place, segment_id):
    """Keep who is in it now as a list that stands still."""
    found, form = find(place, segment_id), SnapshotForm(request.POST)
    if form.is_valid():
        try:
            taken = lists.snapshot(segment=found, name=form.cleaned_data["name"], at=timezone.now())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("“%(name)s” keeps who is in it now.") % {"name": taken.name})
            return redirect("segment", place.merchant.slug, taken.public_id)
    messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("segment", place.merchant.slug, segment_id)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.MANAGE)
def archive(request, place, segment_id):
    """Ask, and then put it away; what leans on it is said."""
    found = find(place, segment_id)
    if request.method == "POST":
        try:
            lists.archive(segment=found, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("segment", place.merchant.slug, segment_id)
        messages.success(request, _("“%(name)s” is put away. Nobody who was in it has changed.") % {"name": found.name})
        return redirect("segments", place.merchant.slug)
    return render(request, "pages/segment_archive.html", {"segment": found})


@require_POST
@merchant_page(Right.MANAGE)
def restore(request, place, segment_id):
    """Bring it back."""
    try:
        lists.restore(segment=find(place, segment_id), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("segments", place.merchant.slug)
    messages.success(request, _("The segment is back, filled as of now."))
    return redirect("segment", place.merchant.slug, segment_id)
