from datetime import UTC, datetime, timedelta

import pytest

from customers.models import Consent, Customer, CustomerActivity, Import, Purchase, PurchaseLine, Refund
from customers.purchases import ReturnDraft
from loyalty_site import flows
from loyalty_site.tests import factories
from loyalty_site.tests.factories import AT
from loyalty_site.tests.files import bought, counts, said, send
from loyalty_site.undoing import NotUndoable, PointsSpent, undo_import
from rewards import ledger, vouchers
from rewards.models import Membership, PointsAccount
from rewards.vouchers import Wanted

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=1)
TWO = "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,100\nC2,R2,2026-01-06,50\n"


@pytest.fixture
def shop():
    shop = factories.merchant()
    factories.program(shop, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return shop


def undo(imported: Import, at: datetime = LATER) -> Import:
    """Undo, after which the ledger must still agree."""
    undone = undo_import(imported=imported, at=at)
    assert list(ledger.differences()) == []
    return undone


def holds(name: str) -> tuple[int, int]:
    """Balance and deficit of a customer."""
    member = Membership.objects.select_related("account").get(customer__external_id=name)
    return member.account.balance, member.account.deficit


def spend(name: str, points: int, *, at: datetime = AT) -> None:
    """Stands for a reward: points leave the account."""
    member = Membership.objects.select_related("program").get(customer__external_id=name)
    posting = ledger.Posting(
        account_id=member.account_id,
        membership_id=member.pk,
        merchant_id=member.program.merchant_id,
        kind="adjust",
        points=-points,
        occurred_at=at,
        key=f"spent:{member.pk}:{at.isoformat()}",
    )
    ledger.post([posting], at=at)


def give_back(shop, receipt: str, amount: int, *, at: datetime = LATER) -> None:
    """A refund at the till."""
    purchase = Purchase.objects.get(external_id=receipt)
    draft = ReturnDraft(amount=amount, occurred_at=at, customer_id=purchase.customer_id, purchase_id=purchase.pk)
    flows.record_returns(merchant=shop, drafts=[draft], at=at)


def test_customers_that_only_the_file_knows_are_gone_with_everything(shop):
    before = counts()
    imported = send(shop, "Customer,Receipt,Date,Product,Amount\nC1,R1,2026-01-05,Bread,9\nC1,R7,2026-01-06,Bread,-2\n")

    undone = undo(imported)

    assert (undone.state, undone.finished_at) == ("undone", LATER)
    assert counts() == before


def test_customers_from_elsewhere_keep_their_cards_and_lose_the_points(shop):
    ana = factories.customer(shop, external_id="C1")
    factories.purchase(shop, ana, amount=3000, external_id="till")
    imported = send(shop, TWO)

    undo(imported)

    assert list(Customer.objects.values_list("external_id", flat=True)) == ["C1"]
    assert holds("C1") == (30, 0)
    assert CustomerActivity.objects.values_list("purchases", "net_value").get() == (1, 3000)
    assert list(Purchase.objects.standing().values_list("external_id", flat=True)) == ["till"]


@pytest.mark.any_database
def test_customers_of_the_file_who_bought_since_keep_their_cards(shop):
    imported = send(shop, TWO)
    factories.purchase(shop, Customer.objects.get(external_id="C2"), amount=700)

    undo(imported)

    assert list(Customer.objects.values_list("external_id", flat=True)) == ["C2"]
    assert holds("C2") == (7, 0)
    assert CustomerActivity.objects.values_list("purchases", "net_value").get() == (1, 700)


def test_customers_of_the_file_whose_cards_were_written_on_since_keep_them(shop):
    imported = send(shop, TWO)
    consent = {"channel": "email", "purpose": "marketing", "granted": True}
    Consent.objects.create(customer=Customer.objects.get(external_id="C1"), recorded_at=LATER, **consent)
    flows.enrol(merchant=shop, fields={"external_id": "C2", "name": "Ben"}, consents=[], at=LATER)

    undo(imported)

    assert set(Customer.objects.values_list("external_id", flat=True)) == {"C1", "C2"}
    assert (holds("C1"), holds("C2")) == ((0, 0), (0, 0))
    assert not CustomerActivity.objects.exists()


def test_customers_of_the_file_who_hold_or_used_a_voucher_keep_their_cards(shop):
    imported = send(shop, TWO)
    first, second = Customer.objects.order_by("external_id")
    given = Wanted(benefit={"kind": "free_shipping"}, name="Sorry", customer=first)
    vouchers.make(merchant=shop, wanted=given, at=LATER)
    anybodys = vouchers.make(merchant=shop, wanted=Wanted(benefit={"kind": "free_shipping"}, name="Tea"), at=LATER)
    vouchers.use(voucher=anybodys.vouchers.get(), customer=second, at=LATER)

    undo(imported)

    assert set(Customer.objects.values_list("external_id", flat=True)) == {"C1", "C2"}
    assert list(vouchers.differences(shop)) == []


def test_receipts_are_free_again(shop):
    factories.customer(shop, external_id="C1")
    undo(send(shop, TWO))

    again = send(shop, TWO)

    assert (again.accepted, again.duplicates, again.value) == (2, 0, 15000)
    assert (holds("C1"), holds("C2")) == ((100, 0), (50, 0))
    assert list(ledger.differences()) == []


def test_anonymous_sales_stand_no_longer(shop):
    imported = send(shop, "Customer,Receipt,Date,Amount\n,R1,2026-01-05,10\n", anonymous="accept")

    undo(imported)

    assert not Purchase.objects.standing().exists()


def test_undo_is_refused_after_points_were_spent(shop):
    factories.customer(shop, external_id="C1")
    imported = send(shop, TWO)
    spend("C1", 1)
    before = counts()

    with pytest.raises(PointsSpent):
        undo(imported)

    imported.refresh_from_db()
    assert (imported.state, counts()) == ("done", before)
    assert (holds("C1"), holds("C2")) == ((99, 0), (50, 0))


@pytest.mark.any_database
def test_undo_is_refused_a_second_time(shop):
    imported = send(shop, TWO)
    undo(imported)

    with pytest.raises(NotUndoable):
        undo(imported)


@pytest.mark.parametrize(
    ("text", "options"), [(TWO, {"dry_run": True}), ("", {})], ids=["a dry run", "a file that failed"]
)
def test_undo_is_refused_for_what_did_nothing(shop, text, options):
    imported = send(shop, text, **options)

    with pytest.raises(NotUndoable):
        undo(imported)


def test_points_that_a_return_took_come_back(shop):
    ana = factories.customer(shop, external_id="C1")
    factories.purchase(shop, ana, amount=10000, external_id="R1")
    imported = send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-03-10,-40\n")
    assert holds("C1") == (60, 0)

    undo(imported)

    assert holds("C1") == (100, 0)
    assert bought() == [("R1", 10000, 0)]
    assert CustomerActivity.objects.values_list("purchases", "net_value").get() == (1, 10000)
    assert not Refund.objects.filter(undone_at=None).exists()


@pytest.mark.any_database
def test_a_refund_after_an_undone_return_takes_all_points_back(shop):
    ana = factories.customer(shop, external_id="C1")
    factories.purchase(shop, ana, amount=10000, external_id="R1")
    undo(send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-03-10,-100\n"))

    give_back(shop, "R1", 10000, at=LATER + timedelta(hours=1))

    assert holds("C1") == (0, 0)
    assert list(ledger.differences()) == []


@pytest.mark.any_database
def test_points_that_a_return_without_receipt_took_come_back(shop):
    ana = factories.customer(shop, external_id="C1")
    factories.purchase(shop, ana, amount=3000, external_id="R1", at=AT - timedelta(days=1))
    imported = send(shop, "Customer,Receipt,Date,Amount\nC1,R9,2026-03-10,-40\n")
    assert holds("C1") == (0, 0)

    undo(imported)

    assert holds("C1") == (30, 0)


@pytest.mark.any_database
def test_a_deficit_that_a_return_left_is_gone(shop):
    ana = factories.customer(shop, external_id="C1")
    factories.purchase(shop, ana, amount=10000, external_id="R1", at=AT - timedelta(days=9))
    spend("C1", 100, at=AT - timedelta(days=8))
    imported = send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-03-10,-100\n")
    assert holds("C1") == (-100, 100)

    undo(imported)

    assert holds("C1") == (0, 0)


def test_a_deficit_that_the_file_repaid_is_owed_again(shop):
    ana = factories.customer(shop, external_id="C1")
    factories.purchase(shop, ana, amount=10000, external_id="till", at=AT - timedelta(days=90))
    spend("C1", 100, at=AT - timedelta(days=80))
    give_back(shop, "till", 10000, at=AT - timedelta(days=70))
    imported = send(shop, "Customer,Receipt,Date,Amount\nC1,R1,2026-01-05,130\n")
    assert holds("C1") == (30, 0)

    undo(imported)

    assert holds("C1") == (-100, 100)


@pytest.mark.any_database
def test_a_refund_at_the_till_of_an_imported_purchase_is_undone_with_it(shop):
    imported = send(shop, TWO)
    give_back(shop, "R1", 4000, at=AT)

    undo(imported)

    assert holds("C1") == (0, 0)  # the refund is the till's, so the card stays
    assert not CustomerActivity.objects.exists()


def test_opening_points_are_taken_back_and_can_be_brought_again(shop):
    factories.customer(shop, external_id="C1")
    text = "Customer,Points\nC1,120\n"
    undo(send(shop, text, kind="balances"))
    assert holds("C1") == (0, 0)

    again = send(shop, text, kind="balances")

    assert (again.accepted, again.duplicates, holds("C1")) == (1, 0, (120, 0))


@pytest.mark.any_database
def test_opening_points_that_expired_are_not_owed(shop):
    factories.customer(shop, external_id="C1")
    imported = send(shop, "Customer,Points,Expires\nC1,120,2026-03-10\n", kind="balances")

    undo(imported, at=AT + timedelta(days=3))

    ledger.expire(at=AT + timedelta(days=3))
    assert holds("C1") == (0, 0)


def test_customers_of_a_file_of_customers_are_gone(shop):
    factories.customer(shop, external_id="C1")
    imported = send(shop, "Customer ID,Name\nC1,Ana\nC2,Ben\n", kind="customers")

    undo(imported)

    assert list(Customer.objects.values_list("external_id", "name")) == [("C1", "Ana")]
    assert (Membership.objects.count(), PointsAccount.objects.count()) == (1, 1)


@pytest.mark.any_database
def test_undo_leaves_other_files_alone(shop):
    first = send(shop, TWO)
    second = send(shop, "Customer,Receipt,Date,Product,Amount\nC1,R3,2026-01-07,Bread,8\nC3,R4,2026-01-07,Bread,9\n")

    undo(second)

    assert bought() == [("R1", 10000, 0), ("R2", 5000, 0), (None, 800, 0)]
    assert (holds("C1"), holds("C2")) == ((100, 0), (50, 0))
    assert PurchaseLine.objects.count() == 1  # of the purchase that stands no longer
    assert Import.objects.get(pk=first.pk).state == "done"


@pytest.mark.any_database
def test_undone_file_says_what_it_did(shop):
    imported = undo(send(shop, TWO))

    assert said({**vars(imported), "customers": imported.customers_seen}) == (2, 2, 0, 0, 2, 2, 15000)
