from django.db import migrations, models

MONTH = {"postgresql": "date_trunc('month', last_on)", "sqlite": "date(last_on, 'start of month')"}
FILL = """
UPDATE customers_customeractivity SET
    earlier_on = (SELECT MAX(occurred_on) {earlier}), earlier_purchases = (SELECT COUNT(*) {earlier})
WHERE purchases > 1
"""
EARLIER = """FROM customers_purchase bought
    WHERE bought.merchant_id = customers_customeractivity.merchant_id
        AND bought.customer_id = customers_customeractivity.customer_id AND bought.voided_at IS NULL
        AND (bought.refunded < bought.amount OR bought.amount = 0) AND bought.occurred_on < {month}"""


def fill(apps, schema_editor):
    """What stands on record already."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(earlier=EARLIER.format(month=MONTH[connection.vendor])))


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0016_attributes'),
    ]

    operations = [
        migrations.AddField(
            model_name='customeractivity',
            name='earlier_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='customeractivity',
            name='earlier_purchases',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='customeractivity',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('earlier_on', None), ('earlier_purchases', 0)), models.Q(('earlier_on__lt', models.F('last_on')), ('earlier_purchases__gt', 0), ('earlier_purchases__lt', models.F('purchases'))), _connector='OR'), name='earlier_purchases_lie_before_the_last'),
        ),
    ]
