"""A long history of a shop, written by the database itself: ten million purchases in minutes instead of hours.

Only what the reports read: cards, purchases and rollups. The rollups are those that `manage.py verify_activity` asks
for; no program judges these purchases.
"""

from datetime import datetime, timedelta

from django.db import connection

from customers.activity import FACTOR, PRIME
from customers.merchants import shops
from customers.merchants.models import Merchant

YEARS = 2
# Cards were made over the first four fifths; a third came once or twice and stayed away, some come every week.
PEOPLE = """
INSERT INTO customers_customer (public_id, merchant_id, external_id, name, card_code, language, birthday, gender, city,
    postal_code, country, attributes, preferences, notes, created_at, updated_at)
SELECT %(tag)s || 'c' || lpad(n::text, 20, '0'), %(merchant)s, 'h' || n, 'Customer ' || lpad(n::text, 7, '0'),
    %(tag)s || n, '', '', '', '', '', '', '{}', '[]', '', %(start)s, %(start)s
FROM generate_series(1, %(customers)s) AS n
"""
# Of each customer a first moment, a last one, and a share of the purchases, by a seeded dice.
HABITS = """
CREATE TEMPORARY TABLE habits AS
SELECT id AS customer, start, start + (1 - start) * staying AS stop,
    sum(weight) OVER (ORDER BY id) / sum(weight) OVER () AS upto
FROM (
    SELECT id, 0.8 * random() AS start, CASE WHEN random() < 0.5 THEN 1 ELSE random() END AS staying,
        -ln(1 - random()) AS weight
    FROM customers_customer WHERE merchant_id = %(merchant)s ORDER BY id
) dice
"""
VISITS = """
CREATE TEMPORARY TABLE visits AS
WITH shares AS (
    SELECT customer, start, stop,
        greatest(1, round(%(purchases)s * (upto - coalesce(lag(upto) OVER (ORDER BY customer), 0)))) AS times
    FROM habits
)
SELECT customer, %(start)s + make_interval(secs => %(seconds)s * (start + (stop - start) * random())) AS at
FROM shares CROSS JOIN LATERAL generate_series(1, times::int)
"""
PURCHASES = """
INSERT INTO customers_purchase (public_id, merchant_id, customer_id, occurred_at, occurred_on, recorded_at, channel,
    amount, refunded)
SELECT %(tag)s || 'p' || lpad((row_number() OVER ())::text, 20, '0'), %(merchant)s, customer, at,
    (at AT TIME ZONE %(zone)s)::date, at, 'store', 100 + (random() * 5900)::int, 0
FROM (SELECT customer, at FROM visits ORDER BY at) AS ordered
"""
MARK = f"(((id * {FACTOR}) %% {PRIME}) * ((id * {FACTOR}) %% {PRIME})) %% {PRIME}"
ACTIVITY = f"""
INSERT INTO customers_customeractivity (customer_id, merchant_id, first_at, last_at, first_on, last_on, purchases,
    net_value, mark, earlier_on, earlier_purchases)
SELECT customer_id, merchant_id, min(occurred_at), max(occurred_at), min(occurred_on), max(occurred_on), count(*),
    sum(amount), sum({MARK}), max(occurred_on) FILTER (WHERE occurred_on < month),
    count(*) FILTER (WHERE occurred_on < month)
FROM (
    SELECT *, date_trunc('month', max(occurred_on) OVER (PARTITION BY customer_id)) AS month
    FROM customers_purchase WHERE merchant_id = %(merchant)s
) bought
GROUP BY customer_id, merchant_id
"""
MONTHS = """
INSERT INTO customers_customermonth (customer_id, merchant_id, month, purchases, net_value)
SELECT customer_id, merchant_id, date_trunc('month', occurred_on)::date, count(*), sum(amount)
FROM customers_purchase WHERE merchant_id = %(merchant)s GROUP BY 1, 2, 3
"""


def build(slug: str, *, customers: int, purchases: int, at: datetime) -> Merchant:
    """A shop with about so many purchases over two years, the same ones every time."""
    merchant, __ = shops.open_shop(
        name=slug, slug=slug, currency="EUR", country="ES", timezone="Europe/Madrid", owner_email=f"owner@{slug}.test"
    )
    known = {
        "merchant": merchant.pk,
        "tag": f"{slug[:6]}_",
        "customers": customers,
        "purchases": purchases,
        "start": at - timedelta(days=365 * YEARS),
        "seconds": 365 * YEARS * 86_400,
        "zone": merchant.timezone,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        for statement in (PEOPLE, HABITS, VISITS, PURCHASES, ACTIVITY, MONTHS):
            cursor.execute(statement, known)
        cursor.execute("DROP TABLE habits, visits")
    return merchant


def settle() -> None:
    """Let PostgreSQL know its tables as it would after a night."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
