"""Every call of the API."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

from . import (
    activities,
    alerts,
    clv,
    customers,
    imports,
    memberships,
    problems,
    programs,
    reports,
    shop,
    tier_changes,
    vouchers,
)
from .points import adjustments, transfers
from .purchases import changes, returns
from .purchases import endpoints as purchases

app_name = "api"
urlpatterns = [
    path("me", shop.Me.as_view(), name="me"),
    path("locations", shop.Locations.as_view(), name="locations"),
    path("staff", shop.Staff.as_view(), name="staff"),
    path("customers", customers.CustomerList.as_view(), name="customers"),
    path("customers/lookup", customers.Lookup.as_view(), name="lookup"),
    path("customers/<str:public_id>", customers.CustomerDetail.as_view(), name="customer"),
    path("programs", programs.ProgramList.as_view(), name="programs"),
    path("programs/<str:public_id>", programs.ProgramDetail.as_view(), name="program"),
    path("programs/<str:public_id>/activate", programs.ProgramActivate.as_view(), name="activate"),
    path("programs/<str:public_id>/pause", programs.ProgramPause.as_view(), name="pause"),
    path("programs/<str:public_id>/close", programs.ProgramClose.as_view(), name="close"),
    path("programs/<str:public_id>/versions", programs.ProgramVersions.as_view(), name="versions"),
    path("memberships", memberships.MembershipList.as_view(), name="memberships"),
    path("memberships/<str:public_id>", memberships.MembershipDetail.as_view(), name="membership"),
    path("memberships/<str:public_id>/entries", memberships.Entries.as_view(), name="entries"),
    path("memberships/<str:public_id>/lots", memberships.Lots.as_view(), name="lots"),
    path("memberships/<str:public_id>/transfers", transfers.Transfers.as_view(), name="transfers"),
    path("memberships/<str:public_id>/pool", transfers.Pool.as_view(), name="pool"),
    path("memberships/<str:public_id>/adjustments", adjustments.MembershipAdjustments.as_view(), name="adjust"),
    path("adjustments", adjustments.AdjustmentList.as_view(), name="adjustments"),
    path("adjustments/<str:public_id>/approve", adjustments.Approve.as_view(), name="adjustment-approve"),
    path("adjustments/<str:public_id>/reject", adjustments.Reject.as_view(), name="adjustment-reject"),
    path("memberships/<str:public_id>/tier_changes", tier_changes.TierChanges.as_view(), name="tier-changes"),
    path("purchases", purchases.PurchaseList.as_view(), name="purchases"),
    path("purchases/preview", purchases.PurchasePreview.as_view(), name="preview"),
    path("purchases/batch", purchases.PurchaseBatch.as_view(), name="batch"),
    path("purchases/<str:public_id>", purchases.PurchaseDetail.as_view(), name="purchase"),
    path("purchases/<str:public_id>/refunds", changes.Refunds.as_view(), name="refunds"),
    path("purchases/<str:public_id>/void", changes.Void.as_view(), name="void"),
    path("purchases/<str:public_id>/reassign", changes.Reassign.as_view(), name="reassign"),
    path("returns", returns.Returns.as_view(), name="returns"),
    path("activities", activities.ActivityList.as_view(), name="activities"),
    path("vouchers", vouchers.VoucherList.as_view(), name="vouchers"),
    path("vouchers/<str:code>", vouchers.VoucherDetail.as_view(), name="voucher"),
    path("vouchers/<str:code>/use", vouchers.VoucherUse.as_view(), name="voucher-use"),
    path("vouchers/<str:code>/reverse", vouchers.VoucherReverse.as_view(), name="voucher-reverse"),
    path("imports", imports.ImportList.as_view(), name="imports"),
    path("imports/<str:public_id>", imports.ImportDetail.as_view(), name="import"),
    path("imports/<str:public_id>/errors", imports.ImportErrors.as_view(), name="import-errors"),
    path("imports/<str:public_id>/undo", imports.ImportUndo.as_view(), name="import-undo"),
    path("alerts", alerts.Alerts.as_view(), name="alerts"),
    path("reports/overview", reports.Overview.as_view(), name="overview"),
    path("reports/retention", reports.Retention.as_view(), name="retention"),
    path("reports/clv", clv.CustomerValue.as_view(), name="clv"),
    path("openapi.json", SpectacularJSONAPIView.as_view(), name="openapi"),
    path(
        "docs", SpectacularSwaggerSplitView.as_view(url_name="api:openapi", template_name="api/docs.html"), name="docs"
    ),
    re_path("^.*$", problems.unknown_address),
]
