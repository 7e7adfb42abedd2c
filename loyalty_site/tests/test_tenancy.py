"""Every page of the site against everybody who might ask for it. A page that is not in the table fails the test."""

import io

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from customers import attributes, staff_cards
from customers.merchants import ids
from customers.merchants.models import ApiKey, Invitation, Location, Merchant, PinEvent, StaffMember, User
from customers.models import (
    AttributeField,
    Audience,
    AudienceMember,
    Customer,
    Import,
    LogEntry,
    Purchase,
    Refund,
    StaffCard,
)
from loyalty_site import saved
from loyalty_site.models import SavedView
from loyalty_site.pages.urls import urlpatterns
from loyalty_site.tests import asking, factories, files
from loyalty_site.tests.lasting import lasting
from rewards import adjustments, catalog, redemption, vouchers, watching
from rewards.catalog import pictures
from rewards.models import (
    Adjustment,
    AdjustmentCap,
    Alert,
    Entry,
    Membership,
    Program,
    Redemption,
    Reward,
    Voucher,
    VoucherBatch,
    Watch,
)
from rewards.vouchers import VoucherDraft
from segments import lists
from segments.models import Annotation, ReportReader, Segment
from segments.surveys.models import FollowUp, Response, Survey

pytestmark = pytest.mark.django_db

WHO = ["anonymous", "charlie", "bob", "dora", "alice"]
#                    nobody, stranger, analyst, staff, owner
PAGES = {
    ("GET", "front"): [302, 302, 302, 302, 302],
    ("GET", "login"): [200, 302, 302, 302, 302],
    ("GET", "design"): [404, 404, 404, 404, 404],  # for those who build the site, while DEBUG is on
    ("GET", "terms"): [200, 200, 200, 200, 200],
    ("GET", "terms_version"): [200, 200, 200, 200, 200],
    ("GET", "join"): [200, 200, 200, 200, 200],
    ("POST", "join"): [200, 200, 200, 200, 200],
    ("GET", "home"): [302, 404, 200, 200, 200],
    ("GET", "figures"): [302, 404, 200, 403, 200],
    ("GET", "counter"): [302, 404, 403, 200, 200],
    ("GET", "counter_enrol"): [302, 404, 403, 200, 200],
    ("POST", "counter_enrol"): [302, 404, 403, 302, 302],
    ("GET", "counter_offline"): [302, 404, 403, 200, 200],
    ("GET", "counter_queue"): [302, 404, 403, 200, 200],
    ("GET", "counter_kept"): [302, 404, 403, 200, 200],
    ("POST", "counter_send"): [302, 404, 403, 400, 400],  # a form is no sending
    ("GET", "counter_worker"): [302, 404, 403, 200, 200],
    ("GET", "counter_card"): [302, 404, 403, 200, 200],
    ("POST", "counter_card"): [302, 404, 403, 302, 302],
    ("POST", "counter_notes"): [302, 404, 403, 302, 302],
    ("POST", "counter_undo"): [302, 404, 403, 302, 302],
    ("GET", "counter_day"): [302, 404, 403, 200, 200],
    ("GET", "counter_day_csv"): [302, 404, 403, 200, 200],
    ("GET", "counter_scan"): [302, 404, 403, 200, 200],
    ("POST", "counter_scan"): [302, 404, 403, 200, 200],
    ("GET", "counter_till"): [302, 404, 403, 200, 200],
    ("POST", "counter_till"): [302, 404, 403, 200, 200],
    ("POST", "counter_lock"): [302, 404, 403, 302, 302],
    ("GET", "counter_pin"): [302, 404, 403, 200, 200],
    ("POST", "counter_pin"): [302, 404, 403, 200, 200],
    ("GET", "customers"): [302, 404, 200, 200, 200],
    ("GET", "customer"): [302, 404, 200, 200, 200],
    ("GET", "customers_csv"): [302, 404, 200, 403, 200],
    ("GET", "customer_new"): [302, 404, 403, 200, 200],
    ("POST", "customer_new"): [302, 404, 403, 302, 302],
    ("POST", "customers_bulk"): [302, 404, 403, 403, 302],
    ("GET", "customer_views"): [302, 404, 200, 200, 200],
    ("POST", "customer_views"): [302, 404, 302, 302, 302],
    ("GET", "customer_view"): [302, 404, 200, 200, 200],
    ("POST", "customer_view"): [302, 404, 200, 200, 302],
    ("GET", "customer_ledger"): [302, 404, 200, 200, 200],
    ("GET", "customer_ledger_csv"): [302, 404, 200, 200, 200],
    ("GET", "customer_adjust"): [302, 404, 403, 200, 200],
    ("POST", "customer_adjust"): [302, 404, 403, 302, 302],
    ("GET", "customer_share"): [302, 404, 403, 403, 200],
    ("POST", "customer_pass_on"): [302, 404, 403, 403, 302],
    ("POST", "customer_pool"): [302, 404, 403, 403, 302],
    ("GET", "customer_leave"): [302, 404, 403, 403, 200],
    ("POST", "customer_leave"): [302, 404, 403, 403, 302],
    ("GET", "alerts"): [302, 404, 403, 403, 200],
    ("GET", "alerts_csv"): [302, 404, 403, 403, 200],
    ("POST", "alert_accept"): [302, 404, 403, 403, 302],
    ("POST", "alert_dismiss"): [302, 404, 403, 403, 302],
    ("GET", "approvals"): [302, 404, 403, 403, 200],
    ("POST", "approval_approve"): [302, 404, 403, 403, 302],
    ("POST", "approval_reject"): [302, 404, 403, 403, 302],
    ("GET", "customer_edit"): [302, 404, 403, 200, 200],
    ("POST", "customer_edit"): [302, 404, 403, 302, 302],
    ("GET", "customer_data"): [302, 404, 403, 403, 200],
    ("POST", "customer_data_json"): [302, 404, 403, 403, 200],
    ("GET", "customer_erase"): [302, 404, 403, 403, 200],
    ("POST", "customer_erase"): [302, 404, 403, 403, 302],
    ("GET", "customer_delete"): [302, 404, 403, 403, 200],
    ("POST", "customer_delete"): [302, 404, 403, 403, 302],
    ("GET", "purchase"): [302, 404, 200, 200, 200],
    ("GET", "purchase_slip"): [302, 404, 403, 200, 200],
    ("GET", "exchange"): [302, 404, 403, 200, 200],
    ("POST", "exchange"): [302, 404, 403, 302, 302],
    ("GET", "purchase_void"): [302, 404, 403, 200, 200],
    ("POST", "purchase_void"): [302, 404, 403, 302, 302],
    ("GET", "purchase_reassign"): [302, 404, 403, 200, 200],
    ("POST", "purchase_reassign"): [302, 404, 403, 302, 302],
    ("GET", "customer_voucher"): [302, 404, 403, 403, 200],
    ("POST", "customer_voucher"): [302, 404, 403, 403, 302],
    ("GET", "vouchers"): [302, 404, 403, 200, 200],
    ("GET", "voucher"): [302, 404, 403, 200, 200],
    ("GET", "voucher_print"): [302, 404, 403, 200, 200],
    ("GET", "voucher_new"): [302, 404, 403, 403, 200],
    ("POST", "voucher_new"): [302, 404, 403, 403, 302],
    ("GET", "voucher_revoke"): [302, 404, 403, 403, 200],
    ("POST", "voucher_revoke"): [302, 404, 403, 403, 302],
    ("GET", "voucher_batches"): [302, 404, 403, 403, 200],
    ("GET", "voucher_batch"): [302, 404, 403, 403, 200],
    ("GET", "voucher_codes"): [302, 404, 403, 403, 200],
    ("GET", "voucher_sheets"): [302, 404, 403, 403, 200],
    ("GET", "voucher_batch_revoke"): [302, 404, 403, 403, 200],
    ("POST", "voucher_batch_revoke"): [302, 404, 403, 403, 302],
    ("POST", "voucher_use"): [302, 404, 403, 302, 302],
    ("POST", "voucher_reverse"): [302, 404, 403, 302, 302],
    ("GET", "give_back"): [302, 404, 403, 200, 200],
    ("POST", "give_back"): [302, 404, 403, 302, 302],
    ("GET", "retention"): [302, 404, 200, 403, 200],
    ("GET", "retention_csv"): [302, 404, 200, 403, 200],
    ("GET", "retention_print"): [302, 404, 200, 403, 200],
    ("GET", "notes"): [302, 404, 403, 403, 200],
    ("POST", "notes"): [302, 404, 403, 403, 302],
    ("POST", "note_remove"): [302, 404, 403, 403, 302],
    ("GET", "monthly"): [302, 404, 200, 403, 200],
    ("POST", "monthly"): [302, 404, 302, 403, 302],
    ("GET", "returning_csv"): [302, 404, 200, 403, 200],
    ("GET", "second_visit"): [302, 404, 200, 403, 200],
    ("GET", "curve_csv"): [302, 404, 200, 403, 200],
    ("GET", "known_csv"): [302, 404, 200, 403, 200],
    ("GET", "second_visit_csv"): [302, 404, 200, 403, 200],
    ("GET", "lapsed_csv"): [302, 404, 200, 403, 200],
    ("GET", "reach"): [302, 404, 200, 403, 200],
    ("GET", "reach_csv"): [302, 404, 200, 403, 200],
    ("GET", "rfv"): [302, 404, 200, 403, 200],
    ("GET", "rfv_csv"): [302, 404, 200, 403, 200],
    ("GET", "rfv_board_csv"): [302, 404, 200, 403, 200],
    ("GET", "lifecycle"): [302, 404, 200, 403, 200],
    ("GET", "lifecycle_csv"): [302, 404, 200, 403, 200],
    ("GET", "next"): [302, 404, 200, 403, 200],
    ("GET", "next_csv"): [302, 404, 200, 403, 200],
    ("GET", "first_baskets"): [302, 404, 200, 403, 200],
    ("GET", "first_baskets_csv"): [302, 404, 200, 403, 200],
    ("GET", "flows_csv"): [302, 404, 200, 403, 200],
    ("GET", "value"): [302, 404, 200, 403, 200],
    ("GET", "value_csv"): [302, 404, 200, 403, 200],
    ("GET", "survey_answer"): [200, 200, 200, 200, 200],
    ("POST", "survey_answer"): [200, 200, 200, 200, 200],
    ("GET", "surveys"): [302, 404, 200, 403, 200],
    ("GET", "survey"): [302, 404, 200, 403, 200],
    ("GET", "survey_csv"): [302, 404, 200, 403, 200],
    ("GET", "survey_new"): [302, 404, 403, 403, 200],
    ("POST", "survey_new"): [302, 404, 403, 403, 302],
    ("GET", "survey_edit"): [302, 404, 403, 403, 200],
    ("POST", "survey_edit"): [302, 404, 403, 403, 302],
    ("GET", "survey_preview"): [302, 404, 403, 403, 200],
    ("POST", "survey_state"): [302, 404, 403, 403, 302],
    ("POST", "survey_copy"): [302, 404, 403, 403, 302],
    ("GET", "survey_links"): [302, 404, 403, 403, 200],
    ("POST", "survey_renew"): [302, 404, 403, 403, 302],
    ("GET", "survey_window"): [302, 404, 403, 403, 200],
    ("POST", "survey_window"): [302, 404, 403, 403, 302],
    ("POST", "survey_mail"): [302, 404, 403, 403, 302],
    ("GET", "survey_poster"): [302, 404, 403, 403, 200],
    ("GET", "survey_insert"): [302, 404, 403, 403, 200],
    ("GET", "survey_unhappy"): [302, 404, 403, 403, 200],
    ("GET", "survey_task"): [302, 404, 403, 403, 200],
    ("POST", "survey_task"): [302, 404, 403, 403, 302],
    ("POST", "survey_task_close"): [302, 404, 403, 403, 302],
    ("GET", "segments"): [302, 404, 200, 403, 200],
    ("POST", "segment_use"): [302, 404, 403, 403, 302],
    ("POST", "segment_of_board"): [302, 404, 403, 403, 302],
    ("GET", "segment_upload"): [302, 404, 403, 403, 200],
    ("POST", "segment_upload"): [302, 404, 403, 403, 200],  # without a file nothing is kept
    ("GET", "segment"): [302, 404, 200, 403, 200],
    ("GET", "segment_csv"): [302, 404, 200, 403, 200],
    ("POST", "segment_refresh"): [302, 404, 403, 403, 302],
    ("POST", "segment_snapshot"): [302, 404, 403, 403, 302],
    ("GET", "segment_archive"): [302, 404, 403, 403, 200],
    ("POST", "segment_archive"): [302, 404, 403, 403, 302],
    ("POST", "segment_restore"): [302, 404, 403, 403, 302],
    ("GET", "segment_new"): [302, 404, 403, 403, 200],
    ("POST", "segment_new"): [302, 404, 403, 403, 302],
    ("GET", "segment_edit"): [302, 404, 403, 403, 200],
    ("POST", "segment_edit"): [302, 404, 403, 403, 302],
    ("GET", "programs"): [302, 404, 403, 403, 200],
    ("GET", "programs_new"): [302, 404, 403, 403, 200],
    ("POST", "programs_new"): [302, 404, 403, 403, 302],
    ("GET", "programs_plain"): [302, 404, 403, 403, 200],
    ("POST", "programs_plain"): [302, 404, 403, 403, 302],
    ("GET", "program"): [302, 404, 403, 403, 200],
    ("POST", "program_activate"): [302, 404, 403, 403, 302],
    ("POST", "program_pause"): [302, 404, 403, 403, 302],
    ("GET", "program_edit"): [302, 404, 403, 403, 200],
    ("POST", "program_edit"): [302, 404, 403, 403, 200],
    ("GET", "program_versions"): [302, 404, 403, 403, 200],
    ("GET", "program_close"): [302, 404, 403, 403, 200],
    ("POST", "program_close"): [302, 404, 403, 403, 302],
    ("POST", "program_reopen"): [302, 404, 403, 403, 302],
    ("GET", "print"): [302, 404, 403, 200, 200],
    ("GET", "print_poster"): [302, 404, 403, 200, 200],
    ("GET", "print_tent"): [302, 404, 403, 200, 200],
    ("GET", "reward_menu"): [200, 200, 200, 200, 200],
    ("GET", "reward_picture"): [200, 200, 200, 200, 200],
    ("GET", "rewards"): [302, 404, 403, 403, 200],
    ("GET", "rewards_csv"): [302, 404, 403, 403, 200],
    ("GET", "reward_new"): [302, 404, 403, 403, 200],
    ("POST", "reward_new"): [302, 404, 403, 403, 302],
    ("GET", "reward"): [302, 404, 403, 403, 200],
    ("GET", "reward_edit"): [302, 404, 403, 403, 200],
    ("POST", "reward_edit"): [302, 404, 403, 403, 302],
    ("POST", "reward_state"): [302, 404, 403, 403, 302],
    ("POST", "reward_move"): [302, 404, 403, 403, 302],
    ("POST", "reward_remove"): [302, 404, 403, 403, 302],
    ("GET", "customer_rewards"): [302, 404, 403, 200, 200],
    ("POST", "customer_rewards"): [302, 404, 403, 302, 302],
    ("GET", "redemption_cancel"): [302, 404, 403, 200, 200],
    ("POST", "redemption_cancel"): [302, 404, 403, 302, 302],
    ("GET", "settings"): [302, 404, 403, 403, 200],
    ("POST", "settings"): [302, 404, 403, 403, 302],
    ("GET", "settings_locations"): [302, 404, 403, 403, 200],
    ("POST", "settings_locations"): [302, 404, 403, 403, 302],
    ("GET", "settings_location"): [302, 404, 403, 403, 200],
    ("POST", "settings_location"): [302, 404, 403, 403, 302],
    ("POST", "settings_location_remove"): [302, 404, 403, 403, 302],
    ("GET", "settings_staff"): [302, 404, 403, 403, 200],
    ("POST", "settings_staff"): [302, 404, 403, 403, 302],
    ("GET", "settings_person"): [302, 404, 403, 403, 200],
    ("POST", "settings_person"): [302, 404, 403, 403, 302],
    ("GET", "settings_card"): [302, 404, 403, 403, 200],
    ("POST", "settings_card"): [302, 404, 403, 403, 302],
    ("POST", "settings_card_unlink"): [302, 404, 403, 403, 302],
    ("POST", "settings_clear_pin"): [302, 404, 403, 403, 302],
    ("POST", "settings_deactivate"): [302, 404, 403, 403, 302],
    ("POST", "settings_reactivate"): [302, 404, 403, 403, 302],
    ("POST", "settings_withdraw"): [302, 404, 403, 403, 302],
    ("GET", "settings_keys"): [302, 404, 403, 403, 200],
    ("POST", "settings_keys"): [302, 404, 403, 403, 200],
    ("GET", "settings_key_revoke"): [302, 404, 403, 403, 200],
    ("POST", "settings_key_revoke"): [302, 404, 403, 403, 302],
    ("GET", "settings_attributes"): [302, 404, 403, 403, 200],
    ("POST", "settings_attributes"): [302, 404, 403, 403, 302],
    ("GET", "settings_attribute"): [302, 404, 403, 403, 200],
    ("POST", "settings_attribute"): [302, 404, 403, 403, 302],
    ("POST", "settings_attribute_remove"): [302, 404, 403, 403, 302],
    ("GET", "settings_adjustments"): [302, 404, 403, 403, 200],
    ("POST", "settings_adjustments"): [302, 404, 403, 403, 302],
    ("GET", "settings_watch"): [302, 404, 403, 403, 200],
    ("POST", "settings_watch"): [302, 404, 403, 403, 302],
    ("GET", "settings_log"): [302, 404, 403, 403, 200],
    ("GET", "settings_mail"): [302, 404, 403, 403, 200],
    ("POST", "settings_mail"): [302, 404, 403, 403, 200],
    ("GET", "account"): [302, 200, 200, 200, 200],
    ("POST", "account"): [302, 302, 302, 302, 302],
    ("GET", "password_change"): [302, 200, 200, 200, 200],
    ("GET", "password_reset"): [200, 200, 200, 200, 200],
    ("GET", "password_reset_done"): [200, 200, 200, 200, 200],
    ("GET", "password_reset_confirm"): [200, 200, 200, 200, 200],
    ("GET", "invitation"): [200, 200, 200, 200, 200],
    ("GET", "imports"): [302, 404, 403, 403, 200],
    ("GET", "import_new"): [302, 404, 403, 403, 200],
    ("POST", "import_new"): [302, 404, 403, 403, 200],
    ("GET", "import"): [302, 404, 403, 403, 200],
    ("GET", "import_check"): [302, 404, 403, 403, 200],
    ("POST", "import_check"): [302, 404, 403, 403, 302],
    ("POST", "import_start"): [302, 404, 403, 403, 302],
    ("POST", "import_discard"): [302, 404, 403, 403, 302],
    ("GET", "import_undo"): [302, 404, 403, 403, 200],
    ("POST", "import_undo"): [302, 404, 403, 403, 200],
    ("GET", "import_left_out"): [302, 404, 403, 403, 200],
    ("POST", "logout"): [302, 302, 302, 302, 302],
    ("POST", "language"): [302, 302, 302, 302, 302],
}
SENT = {
    "counter_enrol": {"name": "New"},
    "customer_new": {"name": "New"},
    "join": {"name": "New", "phone": "600 123 456"},
    "customer_edit": {"name": "Renamed"},
    "customers_bulk": {"who": "all", "action": "tag", "tag": "press", "query": "", "confirmed": "1"},
    "customer_views": {"name": "Mine", "query": "search=an"},
    "customer_view": {"name": "Renamed"},
    "counter_notes": {"notes": "Sings.", "was": ""},
    "counter_card": {"amount": "12.50", "receipt": "till-0123456789abcdefghijkl"},
    "give_back": {"amount": "1.00", "receipt": "back-0123456789abcdefghijkl"},
    "exchange": {
        "amount": "1.00", "receipt": "back-0123456789abcdefghijkl",
        "new-amount": "2.00", "new-receipt": "till-0123456789abcdefghijkm",
    },
    "import_check": {"kind": "customers"},
    "notes": {"on": "2026-01-05", "text": "Closed"},
    "language": {"language": "es", "next": "/"},
    "programs_new": {"trade": "bakery", "target": "5", "step": "check", "draft": "1"},
    "programs_plain": {
        "name": "Points", "points": "1", "every": "1.00", "life": "never", "start": "now", "draft": "1",
    },
    "program_close": {"last_earning_on": "2030-01-31", "last_spending_on": "2030-06-30"},
    "settings": {"name": "Renamed", "country": "ES", "currency": "EUR", "timezone": "Europe/Madrid"},
    "settings_locations": {"name": "Station"},
    "settings_location": {"name": "Renamed"},
    "settings_attributes": {"label": "Shoe size", "kind": "number", "group": "fact"},
    "settings_attribute": {"label": "The dog", "group": "fact"},
    "settings_staff": {"email": "new@a.test", "role": "staff"},
    "settings_person": {"role": "analyst"},
    "settings_keys": {"name": "till 2", "scope": "read"},
    "customer_voucher": {"kind": "free_shipping", "note": "Late", "receipt": f"bat_{'0' * 26}"},
    "voucher_new": {"kind": "free_shipping", "count": "2", "receipt": f"bat_{'0' * 26}"},
    "customer_pass_on": {"points": "5", "receipt": "pass-0123456789abcdefghijkl"},
    "settings_adjustments": {"staff": "5", "manager": "50"},
    "settings_watch": {"self_credit": "queued", **dict.fromkeys(watching.NUMBERS, "7")},
    "customer_adjust": {"way": "give", "points": "5", "reason": "hello", "receipt": "adj-0123456789abcdefghijkl"},
}  # fmt: skip
SURVEY = {"title": "Renamed", "language": "en", "q-TOTAL_FORMS": "0", "q-INITIAL_FORMS": "0"}
SENT |= {"survey_new": {"ready": "worth"}, "survey_edit": SURVEY, "survey_state": {"close": "1"}}
SENT |= {"survey_window": {"rest_days": "30"}, "survey_task": {"text": "We bake more.", "how": "person"}}
SENT |= {"survey_answer": {"q1": "9"}}
REWARD = {"name": "Tea", "cost": "5", "kind": "free_shipping"}
SENT |= {"segment_of_board": {"where": "champions"}, "segment_snapshot": {"name": "As of today"}}
TWICE = {"row": "b1r1", "b1r1-field": "frequency", "b1r1-op": "gte", "b1r1-value": "2", "do": "save"}
SENT |= {"segment_new": {**TWICE, "name": "Twice"}, "segment_edit": {**TWICE, "name": "Buyers"}}
SENT |= {"reward_new": REWARD, "reward_edit": REWARD, "reward_move": {"up": "1"}}
WRITES = ["counter_enrol", "counter_card", "customer_new", "customer_edit", "customer_views", "give_back"]
WRITES += ["purchase_void", "purchase_reassign", "voucher_use", "voucher_reverse", "customer_adjust"]
WRITES += ["customer_rewards", "redemption_cancel", "exchange", "counter_lock", "counter_notes"]
PUBLIC = {
    "login",
    "design",
    "password_reset",
    "password_reset_done",
    "password_reset_confirm",
    "invitation",
    "terms",
    "terms_version",
    "join",
    "reward_menu",
    "reward_picture",
    "survey_answer",
}
MANAGING = ("program", "reward", "settings", "import_", "approval", "alert", "customers_bulk")
MANAGING += ("voucher_new", "voucher_revoke", "voucher_batch", "customer_voucher", "customer_delete")
MANAGING += ("customer_data_json", "customer_erase", "customer_view", "customer_pass_on", "customer_pool")
MANAGING += ("note", "survey_", "segment_")
MANAGED = {
    name
    for method, name in PAGES
    if method == "POST"
    and name.startswith(MANAGING)
    and name not in {"program_edit", "settings_mail", "import_new", "import_undo", "customer_views", "segment_upload"}
    and name not in {"survey_mail", "survey_answer"}
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The two shops, their people, and one of everything at shop A; for all tests of the module."""
    with lasting(django_db_blocker):
        people = factories.people()
        place = people["alice"].places.get()
        factories.things(place)
        files.send(place.merchant, "Customer,Date,Amount\n1,2026-01-31,5\n,,\n,x,\n", dry_run=True)
        factories.purchase(place.merchant, None)
        saved.add(place=place, name="Ours", query="", shared=True, at=factories.AT)
        ben, dora = factories.customer(place.merchant), people["dora"].places.select_related("merchant").get()
        for points in (5, 500):  # above the cap they wait
            adjustments.adjust(membership=ben.memberships.get(), points=points, reason="x", by=dora, at=factories.AT)
        erin = StaffMember.objects.get(user__email="erin@a.test")
        staff_cards.link(staff=erin, customer=factories.customer(place.merchant), by=place, at=factories.AT)
        found = {"kind": "adjustments", "key": "k", "count": 12, "happened_on": factories.AT.date()}
        Alert.objects.create(merchant=place.merchant, person=dora.public_id, found_at=factories.AT, **found)
        person = factories.customer(place.merchant)
        held = [VoucherDraft("Tea", {"kind": "free_shipping"}, customer_id=person.pk)] * 2
        vouchers.issue(merchant=place.merchant, drafts=held, at=factories.AT)
        vouchers.use(voucher=Voucher.objects.earliest("pk"), at=factories.AT)
        rewards_of(ben)
        alike = vouchers.Wanted(benefit={"kind": "free_shipping"}, name="Letter")
        vouchers.make(merchant=place.merchant, wanted=alike, at=factories.AT)
        asking.unhappy(asking.survey(place.merchant, title="Asked"), ben)
        asking.draft(place.merchant, title="Draft")
        factories.customer(place.merchant, name="Idle")
        buyers = {"version": 1, "all": [{"field": "frequency", "op": "gte", "value": 1}]}
        for name in ("Buyers", "Away"):
            made = lists.create(merchant=place.merchant, name=name, definition=buyers, at=factories.AT)
        lists.archive(segment=made, at=factories.AT)
        attributes.define(merchant=place.merchant, label="Dog", kind="text", at=factories.AT)
        told = {"on": factories.AT.date(), "actor": place.public_id, "written_at": factories.AT}
        Annotation.objects.create(merchant=place.merchant, text="Prices up", **told)
        yield people, person


def rewards_of(person):
    """Two rewards that cost nothing, one with a picture; the other one was taken."""
    member = person.memberships.select_related("program__merchant").order_by("pk").first()
    terms = {"cost": 0, "benefit": {"kind": "free_shipping"}, "at": factories.AT}
    taken = catalog.create(program=member.program, name="Taken", **terms)
    shown = catalog.create(program=member.program, name="Shown", **terms)
    cup = io.BytesIO()
    Image.new("RGB", (4, 4)).save(cup, "PNG")
    pictures.keep(reward=shown, content=cup.getvalue())
    redemption.redeem(membership=member, reward=taken, at=factories.AT)


@pytest.fixture
def people(world):
    return world[0]


@pytest.fixture
def customer(world):
    return world[1]


def address(name, customer):
    """The page at shop A, where Charlie has no place."""
    known = {"slug": "a", "public_id": customer.public_id, **factories.names_of_things(name)}
    known["attribute_id"] = AttributeField.objects.get().public_id
    known["import_id"] = Import.objects.get().public_id
    known["purchase_id"] = Purchase.objects.latest("pk").public_id
    order = Voucher.objects.order_by("pk" if name == "voucher_reverse" else "-pk")
    known["voucher_id"] = order.first().public_id
    waiting = Adjustment.objects.pending().get()
    ben = waiting.membership.customer
    if name in {"customer_pass_on", "customer_pool"}:
        customer, ben = ben, customer
    known |= {"public_id": customer.public_id, "other_id": ben.public_id, "adjustment_id": waiting.public_id}
    known["membership_id"] = customer.memberships.get().public_id
    known["alert_id"] = Alert.objects.get().public_id
    shown = Reward.objects.get(name="Shown")
    known |= {"reward_id": shown.public_id, "digest": shown.picture.digest}
    known["redemption_id"] = Redemption.objects.get().public_id
    known["batch_id"] = VoucherBatch.objects.get().public_id
    if name in {"customer_delete", "customer_erase"}:  # the others have vouchers, points or purchases
        known["public_id"] = Customer.objects.get(name="Idle").public_id
    known["note_id"] = Annotation.objects.get().public_id
    known["segment_id"] = Audience.objects.get(name="Away" if name == "segment_restore" else "Buyers").public_id
    known["key"] = "birthday"
    known["view_id"] = SavedView.objects.get(owner=None).public_id
    known |= asking.names(name)
    pattern = next(pattern for pattern in urlpatterns if pattern.name == name)
    return reverse(name, kwargs={part: known[part] for part in pattern.pattern.converters})


@pytest.fixture(scope="module")
def cookies(world):
    """Of everybody who has signed in; whoever asks for one page after another need not do so again."""
    clients = {who: Client() for who in world[0]}
    for who, person in world[0].items():
        clients[who].force_login(person)
    return {who: client.cookies for who, client in clients.items()}


def answers(method, name, customer, cookies):
    """What each of those who might ask gets from a page, and whether it wrote anything; nobody sees what others did."""
    url, before = address(name, customer), counts()
    if (method, name) == ("POST", "reward_new"):
        url += f"?program={Reward.objects.get(name='Shown').program.public_id}"
    sent = to_send(name, customer) if method == "POST" else None
    for who in WHO:
        client = Client()
        client.cookies.update(cookies.get(who, {}))
        with transaction.atomic():
            response = client.post(url, sent) if method == "POST" else client.get(url)
            yield who, response, counts() != before
            transaction.set_rollback(True)


def to_send(name, customer):
    """What is typed into a page."""
    if name in {"purchase_reassign", "settings_card"}:
        return {"to": customer.public_id}
    if name == "customer_rewards":
        wanted = Reward.objects.get(name="Shown")
        member = customer.memberships.get(program=wanted.program)
        return {"membership": member.public_id, "reward": wanted.public_id, "receipt": ids.new("rdm")}
    return SENT.get(name, {})


def counts():
    """What the pages may write, so far that a change is seen."""
    rows = [Location, Invitation, ApiKey, Program, StaffMember, Merchant, Import, Customer, SavedView, Refund, Voucher]
    rows += [Adjustment, AdjustmentCap, Membership, Entry, Alert, Watch, StaffCard, LogEntry, Reward, Redemption]
    rows += [PinEvent, Purchase, AttributeField, Annotation, ReportReader]
    rows += [Survey, Response, FollowUp]
    rows += [Segment, AudienceMember]
    return [plain(model) for model in rows]


def plain(model):
    """All rows of a table, past the models: it is done ten thousand times."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
        return cursor.fetchall()


def test_every_page_is_in_the_table():
    assert {pattern.name for pattern in urlpatterns} == {name for __, name in PAGES}


@pytest.mark.any_database
@pytest.mark.parametrize(("method", "name"), PAGES)
def test_page_answers_each_person_as_it_should(customer, cookies, method, name):
    found = list(answers(method, name, customer, cookies))

    assert [response.status_code for __, response, __ in found] == PAGES[method, name]
    assert [who for who, __, wrote in found if wrote] == [who for who in WHO if may_write(method, name, who)]
    for __, response, __ in found:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self';")


def may_write(method, name, who):
    """Whether somebody's call of a page changes something."""
    if (method, name) in {("POST", "join"), ("POST", "survey_answer")}:  # whoever likes
        return True
    if (method, name, who) == ("POST", "customer_views", "bob"):  # a view of one's own
        return True
    if (method, name) == ("POST", "monthly") and who in {"bob", "alice"}:  # a report to oneself
        return True
    if (name, who) == ("customer_data", "alice"):  # the log tells who looked
        return True
    return method == "POST" and (name in WRITES and who in {"dora", "alice"} or name in MANAGED and who == "alice")


@pytest.mark.any_database
@pytest.mark.parametrize("name", [name for method, name in PAGES if method == "GET" and name not in PUBLIC])
def test_page_comes_back_after_sign_in(client, customer, name):
    url = address(name, customer)

    response = client.get(url)

    assert response.headers["Location"] == f"/login/?next={url}"


@pytest.mark.parametrize(
    "name",
    ["counter_card", "customer", "customer_ledger", "customer_ledger_csv", "customer_edit", "customer_delete"],
)
def test_customer_of_another_shop_does_not_exist(client, people, customer, name):
    client.force_login(people["charlie"])

    response = client.get(reverse(name, args=["b", customer.public_id]))

    assert response.status_code == 404


def test_purchase_for_a_customer_of_another_shop_is_not_recorded(client, people, customer):
    client.force_login(people["charlie"])

    response = client.post(reverse("counter_card", args=["b", customer.public_id]), SENT["counter_card"])

    assert response.status_code == 404
    assert not Purchase.objects.filter(customer__isnull=False).exists()


@pytest.mark.parametrize("name", ["alert_accept", "alert_dismiss"])
def test_alert_of_another_shop_is_not_decided(client, people, customer, name):
    client.force_login(people["charlie"])
    before = counts()

    response = client.post(reverse(name, args=["b", Alert.objects.get().public_id]))

    assert (response.status_code, counts()) == (404, before)


def test_card_of_another_shop_is_not_linked(client, people, customer):
    client.force_login(people["alice"])
    theirs = factories.customer(people["charlie"].places.get().merchant)
    before = counts()

    response = client.post(address("settings_card", customer), {"to": theirs.public_id})

    assert (response.status_code, counts()) == (404, before)


@pytest.mark.parametrize("name", ["approval_approve", "approval_reject"])
def test_adjustment_of_another_shop_is_not_decided(client, people, customer, name):
    client.force_login(people["charlie"])
    before = counts()

    response = client.post(reverse(name, args=["b", Adjustment.objects.pending().get().public_id]))

    assert (response.status_code, counts()) == (404, before)


def test_points_of_another_shop_are_not_adjusted(client, people, customer):
    client.force_login(people["charlie"])
    mine = factories.customer(people["charlie"].places.get().merchant)
    member, before = customer.memberships.get().public_id, counts()

    for card in (mine, customer):
        page = reverse("customer_adjust", args=["b", card.public_id, member])
        assert client.post(page, SENT["customer_adjust"]).status_code == 404

    assert counts() == before


@pytest.mark.parametrize("name", ["customer_pass_on", "customer_pool"])
def test_points_do_not_go_to_another_shop(client, people, customer, name):
    client.force_login(people["alice"])
    theirs = factories.customer(people["charlie"].places.get().merchant)
    member, before = customer.memberships.get().public_id, counts()

    page = reverse(name, args=["a", customer.public_id, member, theirs.public_id])

    assert (client.post(page, SENT["customer_pass_on"]).status_code, counts()) == (404, before)


@pytest.mark.parametrize("name", ["give_back", "purchase_void", "purchase_reassign"])
def test_purchase_of_another_shop_is_not_changed(client, people, name):
    client.force_login(people["charlie"])
    mine = factories.customer(people["charlie"].places.get().merchant)
    before = counts()

    sent = {**SENT["give_back"], "to": mine.public_id}
    response = client.post(reverse(name, args=["b", Purchase.objects.get().public_id]), sent)

    assert response.status_code == 404
    assert counts() == before


def test_purchase_is_not_moved_to_a_customer_of_another_shop(client, people):
    client.force_login(people["alice"])
    theirs = factories.customer(people["charlie"].places.get().merchant)
    before = counts()

    page = reverse("purchase_reassign", args=["a", Purchase.objects.get().public_id])

    assert client.post(page, {"to": theirs.public_id}).status_code == 404
    assert client.get(page, {"to": "\0"}).status_code == 404
    assert counts() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("counter/?q=%00", 200),
        ("counter/enrol/?q=%00", 200),
        ("counter/{id}/?receipt=%00&amount=%00", 200),
        ("counter/%00/", 404),
        ("counter/day/?day=%00&whose=%00", 200),
        ("counter/day.csv?day=9999-99-99&whose=loc_1", 200),
        ("customers/?search=%00&page=%00", 200),
        ("customers/%00/", 404),
        ("purchases/%00/", 404),
        ("purchases/{purchase}/give-back/?how=%00&amount=%00&receipt=%00&line-1=%00", 200),
        ("purchases/{purchase}/give-back/?how=lines&all=%00", 200),
        ("purchases/{purchase}/reassign/?q=%00", 200),
        ("purchases/{purchase}/reassign/?to=%00", 404),
        ("customers/?min_value=nan&created_to=9999-12-31&has=%00&sort=%00&col=%00&id=%00&tag=%00", 200),
        ("customers/?created_from=0001-01-01&min_purchases=99999999999&min_value=1e99&cohort=%00", 200),
        ("customers.csv?search=%00&id=%00&last_to=9999-12-31", 200),
        ("customers/{id}/?page=%00", 200),
        ("customers/{id}/ledger/?program=%00&kind=%00&page=%00", 200),
        ("customers/{id}/ledger.csv?program=%00&kind=made-up", 200),
        ("customers/{id}/adjust/%00/", 404),
        ("customers/{id}/share/%00/", 404),
        ("customers/{id}/share/{membership}/?q=%00", 200),
        ("customers/{id}/share/{membership}/?to=%00", 404),
        ("approvals/?page=%00", 200),
        ("alerts/?state=%00&page=%00", 200),
        ("alerts/%00/accept/", 405),
        ("settings/log/?page=%00", 200),
        ("print/?size=%00&language=%00&ink=%00&program=%00", 200),
        ("print/poster/?size=a0&language=xx&ink=gold&program=none", 200),
        ("customers/views/?query=%00", 200),
        ("customers/views/%00/", 404),
        ("retention/?from=%00&show=%00", 200),
        ("retention.csv?to=%00", 400),
        ("customers/{id}/rewards/", 200),
        ("redemptions/%00/cancel/", 404),
        ("rewards/new/?program=%00", 200),
        ("rewards/%00/", 404),
        ("value/?as_of=%00&page=%00", 200),
        ("value.csv?as_of=%00", 400),
        ("imports/?page=%00", 200),
        ("imports/%00/", 404),
        ("imports/%00/left-out.csv", 404),
    ],
)
def test_nonsense_in_the_address_is_answered(client, people, customer, path, status):
    client.force_login(people["alice"])
    named = {"id": customer.public_id, "membership": customer.memberships.get().public_id}
    named |= {"purchase": Purchase.objects.get().public_id}

    assert client.get("/m/a/" + path.format(**named)).status_code == status


def test_redemption_of_another_shop_is_not_cancelled_and_its_reward_not_redeemed(client, people, customer):
    client.force_login(people["charlie"])
    mine = factories.customer(people["charlie"].places.get().merchant)
    sent, before = to_send("customer_rewards", customer), counts()

    cancelled = client.post(reverse("redemption_cancel", args=["b", Redemption.objects.get().public_id]))
    redeemed = client.post(reverse("customer_rewards", args=["b", mine.public_id]), sent)

    assert (cancelled.status_code, redeemed.status_code, counts()) == (404, 404, before)


def test_place_that_was_taken_away_opens_nothing(client, people):
    StaffMember.objects.filter(user=people["dora"]).update(is_active=False)
    client.force_login(people["dora"])

    assert client.get("/m/a/").status_code == 404


def test_login_that_was_switched_off_opens_nothing(client, people):
    client.force_login(people["dora"])
    User.objects.filter(pk=people["dora"].pk).update(is_active=False)

    assert client.get("/m/a/").status_code == 302
