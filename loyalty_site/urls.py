"""Every address of the site. No other module includes a URLconf."""

from django.contrib import admin
from django.urls import include, path

from loyalty_site import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include("loyalty_site.api.urls")),
    path("admin/", admin.site.urls),
    path("", include("loyalty_site.pages.urls")),
]
