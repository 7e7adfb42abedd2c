"""Columns are recognised by what they are usually called; the user's mapping wins; what is missing is said."""

import pytest

from customers.reader import columns
from customers.reader.columns import UnknownColumns
from customers.reader.source import UnreadableFile


def found(header, kind="purchases", **options):
    return columns.find(header.split(","), kind=kind, **options)


def refusal(header, kind="purchases", **options):
    with pytest.raises(UnknownColumns) as raised:
        found(header, kind, **options)
    assert raised.value.code == "unknown_columns"
    return str(raised.value)


@pytest.mark.parametrize(
    ("header", "mapping", "ignored"),
    [
        (
            "Customer,Receipt,Date,Amount",
            {"customer": "Customer", "receipt": "Receipt", "date": "Date", "amount": "Amount"},
            (),
        ),
        (
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
            {
                "customer": "CustomerID",
                "receipt": "InvoiceNo",
                "date": "InvoiceDate",
                "quantity": "Quantity",
                "unit_price": "UnitPrice",
                "sku": "StockCode",
                "product": "Description",
            },
            ("Country",),
        ),
        (
            "customer_id,order_id,ts,amount,lines,main_product,channel",
            {
                "customer": "customer_id",
                "receipt": "order_id",
                "date": "ts",
                "amount": "amount",
                "product": "main_product",
                "channel": "channel",
            },
            ("lines",),
        ),
        (
            "Código Cliente,Nº Factura,FECHA,Hora,Importe (€),Artículo,Categoría,Tienda,Moneda",
            {
                "customer": "Código Cliente",
                "receipt": "Nº Factura",
                "date": "FECHA",
                "time": "Hora",
                "amount": "Importe (€)",
                "product": "Artículo",
                "category": "Categoría",
                "location": "Tienda",
                "currency": "Moneda",
            },
            (),
        ),
        (
            "order #,e-mail,phoneNumber,loyalty card,order-date,Line Total,Total",
            {
                "phone": "phoneNumber",
                "email": "e-mail",
                "card_code": "loyalty card",
                "receipt": "order #",
                "date": "order-date",
                "amount": "Line Total",
            },
            ("Total",),
        ),
        (
            "Núm. de socio,Nº Ticket,Fecha venta,Monto",
            {"customer": "Núm. de socio", "receipt": "Nº Ticket", "date": "Fecha venta", "amount": "Monto"},
            (),
        ),
        (
            "Cliente,Id Cliente,Fecha,Venta,Total",
            {"customer": "Id Cliente", "date": "Fecha", "amount": "Total"},
            ("Cliente", "Venta"),
        ),
        ("member,time,total", {"customer": "member", "date": "time", "amount": "total"}, ()),
    ],
)
def test_purchase_columns_are_recognised(header, mapping, ignored):
    result = found(header)

    assert (result.mapping, result.ignored) == (mapping, ignored)


def test_customer_columns_that_no_card_has_become_attributes():
    result = found("customer_id,Nombre,Age,homeOwnership,Kids count,Kids-Count", "customers")

    assert result.mapping == {
        "external_id": "customer_id",
        "name": "Nombre",
        "attributes.age": "Age",
        "attributes.home_ownership": "homeOwnership",
        "attributes.kids_count": "Kids count",
        "attributes.kids_count_6": "Kids-Count",
    }


def test_balance_columns_are_recognised():
    assert found("Socio,Programa,Puntos,Caduca", "balances").mapping == {
        "customer": "Socio",
        "program": "Programa",
        "points": "Puntos",
        "expires_on": "Caduca",
    }


def test_referral_columns_are_recognised():
    assert found("member,referrer,code", "referrals").mapping == {
        "member": "member",
        "referrer": "referrer",
        "code": "code",
    }


def test_mapping_wins_over_the_usual_names():
    result = found("Customer,Date,Amount,Paid in the end", mapping={"amount": "paid in the end"})

    assert result.mapping == {"customer": "Customer", "date": "Date", "amount": "Paid in the end"}
    assert result.ignored == ("Amount",)


def test_mapping_to_nothing_leaves_a_field_out():
    result = found("Customer,Date,Amount,Product", mapping={"product": None})

    assert (result.has_products, result.ignored) == (False, ("Product",))


def test_mapping_may_name_attributes_of_customers():
    result = found("id,x", "customers", mapping={"attributes.size": "x"})

    assert result.mapping == {"attributes.size": "x", "external_id": "id"}


def test_mapping_of_an_unknown_field_lists_the_known_ones():
    assert refusal("Customer,Date,Amount", mapping={"amuont": "Amount"}) == (
        "The mapping names “amuont”, which an import of purchases does not know. It knows: customer, phone, email,"
        " card_code, name, receipt, date, time, amount, quantity, unit_price, sku, product, category, channel,"
        " location, currency."
    )


def test_mapping_of_an_unknown_column_lists_those_of_the_file():
    assert refusal("Customer,Date,,Amount", mapping={"amount": "Total"}) == (
        "The mapping names the column “Total”, which the file does not have. It has: Customer, Date, (no name), Amount."
    )


@pytest.mark.parametrize("mapping", [["amount"], "amount"])
def test_mapping_that_is_no_object_is_refused(mapping):
    assert refusal("Customer,Date,Amount", mapping=mapping) == (
        'The mapping must be an object such as {"amount": "Total paid"}.'
    )


def test_missing_columns_are_named_with_how_to_map_them():
    assert refusal("Who,Date,Money") == (
        "The file has no column for: amount (or quantity + unit_price); customer (or phone, email, card_code)."
        " Its first line names: Who, Date, Money. Rename a column, or say which one it is with"
        ' --mapping \'{"amount": "name of the column"}\'.'
    )


@pytest.mark.parametrize(
    ("header", "kind", "missing"),
    [
        ("Customer,Amount", "purchases", "date. "),
        ("Customer,Date,Quantity", "purchases", "amount (or quantity + unit_price). "),
        ("Name,Date,Amount", "purchases", "customer (or phone, email, card_code). "),
        ("City,Country", "customers", "external_id (or name, phone, email). "),
        ("Points,Program", "balances", "customer (or phone, email, card_code). "),
        ("Customer,Program", "balances", "points. "),
        ("code,referrer", "referrals", "member. "),
        ("member,date", "referrals", "referrer (or code). "),
    ],
)
def test_each_kind_says_what_it_needs(header, kind, missing):
    assert f"no column for: {missing}Its first line names" in refusal(header, kind)


def test_customer_column_may_be_missing_where_anonymous_sales_are_accepted():
    assert found("Date,Amount", anonymous="accept").mapping == {"date": "Date", "amount": "Amount"}


def test_wide_headers_are_listed_in_part():
    assert "c38, c39, …. Rename" in refusal(",".join(f"c{n}" for n in range(60)))


def test_file_with_one_meaningless_column_is_no_table():
    with pytest.raises(UnreadableFile, match="This file is no table"):
        found("Dear sir")


def test_file_with_one_useful_column_is_a_table():
    assert found("Email", "customers").mapping == {"email": "Email"}


@pytest.mark.parametrize(
    ("header", "has_products"),
    [
        ("Customer,Date,Amount", False),
        ("Customer,Date,Amount,Quantity", False),
        ("Customer,Date,Quantity,Price", True),
        ("Customer,Date,Amount,Category", True),
        ("Customer,Date,Amount,SKU", True),
    ],
)
def test_product_columns_make_rows_lines_of_a_basket(header, has_products):
    assert found(header).has_products is has_products
