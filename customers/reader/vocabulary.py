"""What columns are called, in English and Spanish, squeezed: lower case, no accents, no blanks, no underscores.

The order of the words is the order of preference where a file has several of them.
"""

import re
import unicodedata
from types import MappingProxyType


def _numbered(words):
    """Spanish puts the number first: "Nº ticket", "Núm. de ticket", "ID ticket"."""
    return "".join(f" {before}{word}" for word in words.split() for before in _NUMBER.split())


_NUMBER = "no nro num numero node nrode numde numerode id cod codigo codigode"

_WHO = {
    # Numbers before names: beside a "Cliente ID" the column "Cliente" holds a name.
    "external_id": "customerid customerno customernumber customercode customerref externalid clienteid clientid"
    " memberid membernumber memberno userid buyerid shopperid accountid"
    + _numbered("cliente socio")
    + " customer cliente client member socio user buyer shopper account",
    "phone": "phone phonenumber customerphone mobile mobilephone mobilenumber cell cellphone telephone tel telefono"
    " numerotelefono telefonocliente movil telefonomovil celular whatsapp",
    "email": "email emailaddress customeremail mail correo correoelectronico emailcliente correocliente",
    "card_code": "cardcode card cardnumber cardno loyaltycard loyaltycardnumber tarjeta codigotarjeta numerotarjeta"
    " numtarjeta tarjetafidelidad",
    "name": "name customername fullname clientname membername nombre nombrecliente nombrecompleto nombreyapellidos",
}

_PURCHASES = {
    "customer": _WHO["external_id"],
    **{field: words for field, words in _WHO.items() if field != "external_id"},
    "receipt": "receipt receiptid receiptno receiptnumber orderid order orderno ordernumber invoiceno invoice invoiceid"
    " invoicenumber ticket ticketid ticketno ticketnumber transaction transactionid transactionno basketid basket bill"
    " billno billnumber saleid recibo factura pedido boleta folio comprobante"
    + _numbered("ticket recibo factura pedido boleta comprobante venta operacion"),
    "date": "date datetime ts timestamp occurredat invoicedate orderdate purchasedate transactiondate saledate"
    " receiptdate ticketdate createdat paidat purchasedat orderedat soldat when fecha fechahora fechayhora fechaventa"
    " fechacompra fechapedido fechafactura fechaticket fechadeventa fechadecompra day dia",
    "time": "time clock ordertime transactiontime saletime invoicetime hora horaventa horacompra horadeventa",
    "amount": "linetotal lineamount importelinea totallinea amount total totalamount amountpaid totalpaid grandtotal"
    " importe importetotal totalimporte monto montototal totalpagado totalventa paid spent spend sales salesvalue"
    " revenue totalprice valor value sum suma",
    "quantity": "quantity qty units pieces cantidad cant unidades uds piezas",
    "unit_price": "unitprice price priceperunit unitamount itemprice preciounitario precio precioporunidad"
    " preciounidad pvp",
    "sku": "sku stockcode productid productcode itemid itemcode item articleid articlecode articleno barcode ean upc"
    " plu codigoproducto idproducto codigoarticulo idarticulo codigobarras referencia codigo",
    "product": "product productname mainproduct description productdescription itemname itemdescription article"
    " articlename producto nombreproducto articulo nombrearticulo descripcion concepto",
    "category": "category productcategory department categoria familia seccion rubro departamento",
    "channel": "channel saleschannel canal canalventa canaldeventa",
    "location": "location store storeid storename shop shopname branch outlet tienda local sucursal establecimiento",
    "currency": "currency currencycode moneda divisa",
}

_CUSTOMERS = {
    "external_id": _WHO["external_id"] + " id code codigo",
    **{field: words for field, words in _WHO.items() if field != "external_id"},
    "first_name": "firstname givenname forename nombredepila primernombre",
    "last_name": "lastname surname familyname apellido apellidos",
    "birthday": "birthday birthdate dateofbirth dob born cumpleanos fechanacimiento fechadenacimiento nacimiento"
    " fechacumpleanos",
    "birth_year": "birthyear yearofbirth anonacimiento anodenacimiento",
    "gender": "gender sex genero sexo",
    "city": "city town ciudad poblacion localidad municipio",
    "postal_code": "postalcode postcode zipcode zip codigopostal cp",
    "country": "country countrycode pais",
    "language": "language lang locale idioma lengua",
    "notes": "notes note comments comment remarks notas nota observaciones comentarios",
}

_BALANCES = {
    "customer": _WHO["external_id"],
    **{field: _WHO[field] for field in ("phone", "email", "card_code")},
    "program": "program programme programname loyaltyprogram programa plan",
    "points": "points pointsbalance pointbalance balance puntos saldo saldopuntos saldodepuntos",
    "expires_on": "expireson expires expiry expirydate expirationdate expiration expiresat caduca caducidad vence"
    " vencimiento fechavencimiento fechacaducidad fechadevencimiento fechadecaducidad",
}

_REFERRALS = {
    "member": "member memberid friend friendid referred referredid customer customerid socio cliente amigo referido",
    "referrer": "referrer referrerid referredby advocate advocateid sponsor invitedby referente recomendadopor"
    " recomendador padrino invitadopor",
    "code": "code referralcode invitecode codigo codigoreferido codigoinvitacion",
}

KINDS = MappingProxyType(
    {
        kind: {field: tuple(words.split()) for field, words in fields.items()}
        for kind, fields in {
            "purchases": _PURCHASES,
            "customers": _CUSTOMERS,
            "balances": _BALANCES,
            "referrals": _REFERRALS,
        }.items()
    }
)

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BRACKETS = re.compile(r"[(\[].*?[)\]]")


def snake(header):
    """A header as an attribute's name: "Código Postal" and "codigoPostal" are "codigo_postal"."""
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", header))
    kept = "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return "_".join(kept.lower().split())


def squeezed(header):
    """A header as this vocabulary writes it. What stands in brackets is a unit: "Amount (EUR)" is "amount"."""
    return snake(_BRACKETS.sub("", header) or header).replace("_", "")
