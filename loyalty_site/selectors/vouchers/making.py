"""What a form of vouchers would make, in sentences, while it is filled in."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.merchants.refusals import Refusal
from customers.merchants.templatetags.ficha import whole
from rewards import vouchers
from rewards.vouchers import codes

from . import words
from .words import Terms


def said(form: forms.Form, *, at: datetime) -> list[str]:
    """What a form that was filled in makes, a sentence each; none while something is missing or wrong."""
    if not form.is_bound or not form.is_valid():
        return []
    wanted = form.wanted()
    try:
        vouchers.check(wanted, at=at)
    except Refusal as refusal:
        return [str(refusal)]
    merchant, terms = form.merchant, Terms.wanted(wanted)
    gives = words.gives(wanted.benefit, merchant.currency)
    many = ngettext("Makes %(count)s voucher: %(gives)s.", "Makes %(count)s vouchers: %(gives)s.", wanted.count)
    sentences = [many % {"count": whole(wanted.count), "gives": gives}, *words.conditions(terms, merchant)]
    sentences.append(words.validity(terms, merchant) or _("Valid for ever."))
    if wanted.prefix:
        sentences.append(_("Codes begin with %(prefix)s.") % {"prefix": codes.prefix_of(wanted.prefix)})
    return sentences
