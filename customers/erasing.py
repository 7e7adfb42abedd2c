"""Taking the person out of the books: the numbers stay, whose they were is forgotten."""

from datetime import datetime

from django.db import transaction

from customers import profiles
from customers.models import Activity, AudienceMember, Consent, Customer, CustomerWord, StaffCard

EMPTY = {
    "external_id": None, "name": "", "phone": None, "email": None, "language": "", "birthday": "", "birth_year": None,
    "gender": "", "city": "", "postal_code": "", "country": "", "attributes": {}, "preferences": [], "notes": "",
    "location": None, "latitude": None, "longitude": None,
}  # fmt: skip


@transaction.atomic
def erase(*, customer: Customer, at: datetime) -> Customer:
    """Forget who a customer is, for good; once more changes nothing.

    Name, contacts, birthday, place, attributes, preferences and notes are emptied, the card gets a code that nobody
    has, words to find it by, lists, the link to a person of the staff and what activities said are gone. Purchases and
    points stay as numbers of nobody, so that no total of the shop changes. Consents stay without their words: they
    prove what was allowed.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if customer.erased_at:
        return customer
    for name, value in {**EMPTY, "card_code": profiles.new_card_code(), "updated_at": at, "erased_at": at}.items():
        setattr(customer, name, value)
    customer.save()
    CustomerWord.objects.filter(customer=customer).delete()
    StaffCard.objects.filter(customer=customer).delete()
    AudienceMember.objects.filter(customer=customer).leave(at)
    Activity.objects.filter(customer=customer).update(attributes={})
    Consent.objects.filter(customer=customer).update(source="", wording="")
    return customer
