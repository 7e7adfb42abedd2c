"""What every page of the counter tells the scripts that let it go on without a network."""

from django import template

from loyalty_site.offline_forms import slip

register = template.Library()


@register.inclusion_tag("pages/_counter_offline.html", takes_context=True)
def goes_on(context):
    """Where the pages of the counter are, who is signed in, and the sentences about the network."""
    request = context["request"]
    page = request.resolver_match and request.resolver_match.url_name
    return {"place": request.place, "slip": slip(request.place), "page": page}
