"""Imports: send a file, check how it is read, see what will happen, start it, and take it back."""

from collections.abc import Callable
from itertools import chain

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from customers.merchants.models import Right
from customers.merchants.refusals import Refusal
from customers.merchants.web import find_or_404, merchant_page, page_of
from customers.models import Import
from customers.models.imports import State
from customers.reader.look import Look
from loyalty_site import tasks, undoing
from loyalty_site.import_forms import ReadingForm, UploadForm
from loyalty_site.imports import drafts
from loyalty_site.imports.leftovers import as_csv
from loyalty_site.selectors import imports as shown

FAULTS_A_PAGE = 25


@require_safe
@merchant_page(Right.MANAGE)
def imports(request, place):
    """Every file that was sent, newest first."""
    page = page_of(shown.history(place.merchant), request)
    context = {"page": page, "standings": [shown.standing(one) for one in page], "at": timezone.now()}
    return render(request, "pages/imports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.MANAGE)
def new(request, place):
    """Send a file; one that cannot be read is answered here and not kept."""
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        try:
            imported, earlier = send(place, form)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else "file", str(refusal))
        else:
            if earlier:
                said = _("Read as “%(file)s”, which has the same columns. Check it all the same.")
                messages.info(request, said % {"file": earlier.filename})
            return redirect("import_check", place.merchant.slug, imported.public_id)
    return render(request, "pages/import_new.html", {"form": form})


def send(place, form: UploadForm) -> tuple[Import, Import | None]:
    """Keep the file of a valid form to be checked."""
    file = form.cleaned_data["file"]
    return drafts.draft(
        merchant=place.merchant,
        kind=form.cleaned_data["kind"],
        content=file,
        filename=file.name,
        anonymous=form.sale_of_nobody(),
        user=place.user,
        at=timezone.now(),
    )


@require_safe
@merchant_page(Right.MANAGE)
def one(request, place, import_id):
    """How far an import is, what it will do and what it did; htmx asks again while it is being worked on."""
    imported = find(place, import_id)
    if imported.state == State.CHECKING:
        answer = redirect("import_check", place.merchant.slug, import_id)
        return HttpResponseClientRefresh() if request.htmx else answer
    context = {
        "imported": imported,
        "standing": shown.standing(imported),
        "working": shown.is_working(imported),
        "progress": shown.progress(imported),
        "settled": shown.settled(imported),
        "columns": shown.columns(imported),
        "tiles": shown.tiles(imported),
        "discardable": shown.can_discard(imported),
        "page": page_of(imported.faults.all(), request, per_page=FAULTS_A_PAGE),
        "at": timezone.now(),
    }
    return render(request, "pages/_import_part.html" if request.htmx else "pages/import.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.MANAGE)
def check(request, place, import_id):
    """How the file is read, to be corrected; htmx sends each change and gets the part."""
    imported = find(place, import_id)
    if not shown.can_discard(imported):
        return redirect("import", place.merchant.slug, import_id)
    try:
        look = drafts.look(imported)
    except Refusal as refusal:  # the stored file is gone, or was changed
        messages.error(request, str(refusal))
        return redirect("imports", place.merchant.slug)
    form = ReadingForm(request.POST if request.method == "POST" else None, imported=imported, look=look)
    if form.is_bound and form.is_valid() and (found := choose(imported, form)):
        if "rehearse" in request.POST and not found.missing:
            queue(imported, drafts.rehearse)
            return redirect("import", place.merchant.slug, import_id)
        if not request.htmx:
            return redirect("import_check", place.merchant.slug, import_id)
        imported, look = find(place, import_id), found
        form = ReadingForm(imported=imported, look=look)
    context = {"imported": imported, "form": form, "look": look, "check": shown.check(imported, look, form)}
    return render(request, "pages/_import_check_part.html" if request.htmx else "pages/import_check.html", context)


def choose(imported: Import, form: ReadingForm) -> Look | None:
    """Read the file as a valid form says; None when that is refused, which the form then says."""
    try:
        return drafts.choose(imported=imported, **form.chosen())
    except Refusal as refusal:
        form.refuse(refusal)
        return None


@require_POST
@merchant_page(Right.MANAGE)
def start(request, place, import_id):
    """Let what was tried out be recorded; pressed twice, it starts once."""
    queue(find(place, import_id), drafts.start)
    return redirect("import", place.merchant.slug, import_id)


@require_POST
@merchant_page(Right.MANAGE)
def discard(request, place, import_id):
    """Forget a file of which nothing is recorded."""
    try:
        drafts.discard(imported=find(place, import_id))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("import", place.merchant.slug, import_id)
    messages.success(request, _("The file is discarded. Nothing of it was recorded."))
    return redirect("imports", place.merchant.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_page(Right.MANAGE)
def undo(request, place, import_id):
    """Ask, and then take an import back; what stands in the way is said."""
    imported, refusal = find(place, import_id), None
    if request.method == "POST":
        try:
            take_back(imported)
            return redirect("import", place.merchant.slug, import_id)
        except Refusal as no:
            refusal = no
    context = {"imported": imported, "refusal": refusal, "at": timezone.now()}
    return render(request, "pages/import_undo.html", context)


@require_safe
@merchant_page(Right.MANAGE)
def left_out(request, place, import_id):
    """The rows that were not recorded, as CSV like the file's own, with one more column: what is wrong."""
    imported = find_or_404(mine(place).filter(rejected__gt=0), import_id)
    try:
        lines = as_csv(imported)
        first = next(lines)
    except Refusal as refusal:
        return HttpResponse(str(refusal), status=409, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(chain([first], lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{import_id}-left-out.csv"'
    return response


def take_back(imported: Import) -> None:
    """Undo an import, now or in the background."""
    at = timezone.now()
    with transaction.atomic():
        if undoing.undo_soon(imported=imported, at=at):
            tasks.undo_import.enqueue(imported.pk)
        else:
            undoing.undo_import(imported=imported, at=at)


def mine(place) -> QuerySet[Import]:
    """The merchant's imports with who sent them."""
    return Import.objects.for_merchant(place.merchant).select_related("merchant", "user", "api_key")


def find(place, import_id) -> Import:
    """One of them, or 404."""
    return find_or_404(mine(place), import_id)


def queue(imported: Import, verb: Callable[..., bool]) -> None:
    """Enqueue the file's task where the verb let it through: two hands on one button enqueue one."""
    with transaction.atomic():
        if verb(imported=imported):
            tasks.run_import.enqueue(imported.pk)
