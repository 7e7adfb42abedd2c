"""What every page of the counter tells the scripts that let it go on without a network."""

from django import template
from django.utils import timezone

from loyalty_site.offline_forms import slip

register = template.Library()


@register.inclusion_tag("pages/_counter_offline.html", takes_context=True)
def goes_on(context):
    """Where the pages of the counter are, who is signed in, and the sentences about the network."""
    request = context["request"]
    here = request.resolver_match
    known = {"page": here.url_name, "customer": here.kwargs.get("public_id")} if here else {}
    return {"place": request.place, "slip": slip(request.place), "at": timezone.now(), **known}
