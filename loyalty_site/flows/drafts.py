"""What is on record, in the form in which it is judged."""

from customers.models import Purchase, Refund
from customers.purchases import LineDraft, PurchaseDraft, ReturnDraft, ReturnLine


def as_draft(purchase: Purchase) -> PurchaseDraft:
    """A purchase on record in the form that is judged."""
    return PurchaseDraft(
        amount=purchase.amount,
        occurred_at=purchase.occurred_at,
        occurred_on=purchase.occurred_on,
        customer_id=purchase.customer_id,
        channel=purchase.channel,
        location_id=purchase.location_id,
        imported_id=purchase.imported_id,
        code=purchase.code,
        lines=[
            LineDraft(
                amount=line.amount,
                quantity=line.quantity,
                sku=line.sku,
                category=line.category,
                excluded=line.excluded,
                discount=line.discount,
            )
            for line in purchase.lines.all()
        ],
        discount=purchase.discount,
        pk=purchase.pk,
        public_id=purchase.public_id,
    )


def as_return(refund: Refund) -> ReturnDraft:
    """A refund on record in the form that takes points back."""
    return ReturnDraft(
        amount=refund.amount,
        occurred_at=refund.occurred_at,
        customer_id=refund.customer_id,
        purchase_id=refund.purchase_id,
        imported_id=refund.imported_id,
        lines=[ReturnLine(line.line_id, line.quantity, line.amount) for line in refund.lines.all()],
        pk=refund.pk,
    )
