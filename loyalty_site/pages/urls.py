from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from loyalty_site.forms import SignInForm

from . import counter, customers, home, retention

sign_in = LoginView.as_view(
    template_name="accounts/login.html", authentication_form=SignInForm, redirect_authenticated_user=True
)

urlpatterns = [
    path("", home.front, name="front"),
    path("login/", sign_in, name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", home.language, name="language"),
    path("m/<slug:slug>/", home.home, name="home"),
    path("m/<slug:slug>/counter/", counter.counter, name="counter"),
    path("m/<slug:slug>/counter/enrol/", counter.enrol, name="counter_enrol"),
    path("m/<slug:slug>/counter/<str:public_id>/", counter.card, name="counter_card"),
    path("m/<slug:slug>/customers/", customers.customers, name="customers"),
    path("m/<slug:slug>/customers/<str:public_id>/", customers.customer, name="customer"),
    path("m/<slug:slug>/retention/", retention.retention, name="retention"),
    path("m/<slug:slug>/retention.csv", retention.retention_csv, name="retention_csv"),
]
