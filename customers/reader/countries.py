"""Habits and names of countries, names of currencies and languages, for cells that could be read in two ways."""


def _codes(text):
    return frozenset(text.split())


# Where "1,234" is a little more than one. Everywhere else it is a thousand and some.
DECIMAL_COMMA = _codes(
    "AD AL AM AO AR AT AX AZ BA BE BG BO BR BY CL CM CO CR CU CY CZ DE DK DZ EC EE ES FI FO FR GE GF GL GP GR HR HU ID"
    " IS IT KG KZ LT LU LV MA MC MD ME MK MQ MZ NC NL NO PF PL PT PY RE RO RS RU SE SI SK SM SN TN TR UA UY UZ VA VE VN"
    " XK ZA"
)

# Where 3/4/2024 is the fourth of March.
MONTH_FIRST = _codes("AS FM GU MH MP PH PR PW UM US VI")

CURRENCIES = _codes(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF"
    " CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG"
    " HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA"
    " MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD"
    " RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD"
    " UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)

_DOLLARS = "USD CAD AUD NZD SGD HKD MXN ARS CLP COP UYU DOP TWD BSD BBD BMD BND BZD FJD GYD JMD KYD LRD NAD TTD XCD CUP"

SYMBOLS = {
    "€": frozenset({"EUR"}),
    "£": _codes("GBP EGP FKP GIP SHP LBP SYP"),
    "¥": frozenset({"JPY", "CNY"}),
    "円": frozenset({"JPY"}),
    "元": frozenset({"CNY"}),
    "₹": frozenset({"INR"}),
    "RS": _codes("INR PKR LKR NPR MUR"),
    "₽": frozenset({"RUB"}),
    "₺": frozenset({"TRY"}),
    "₩": frozenset({"KRW"}),
    "₪": frozenset({"ILS"}),
    "₫": frozenset({"VND"}),
    "₱": frozenset({"PHP"}),
    "₲": frozenset({"PYG"}),
    "₡": frozenset({"CRC"}),
    "฿": frozenset({"THB"}),
    "ZŁ": frozenset({"PLN"}),
    "KČ": frozenset({"CZK"}),
    "KR": _codes("SEK NOK DKK ISK"),
    "FR": frozenset({"CHF"}),
    "LEI": frozenset({"RON", "MDL"}),
    "BS": frozenset({"BOB", "VES"}),
    "S/": frozenset({"PEN"}),
    "R$": frozenset({"BRL"}),
    "R": frozenset({"ZAR"}),
    "US$": frozenset({"USD"}),
    "$": _codes(_DOLLARS),
}

# As people write them, in English, in Spanish and at home; squeezed as headers are.
COUNTRIES = {
    name: code
    for code, names in {
        "AD": "andorra", "AR": "argentina", "AT": "austria osterreich", "AU": "australia",
        "BE": "belgium belgica belgique belgie", "BO": "bolivia", "BR": "brazil brasil", "CA": "canada",
        "CH": "switzerland suiza schweiz suisse", "CL": "chile", "CN": "china", "CO": "colombia", "CR": "costarica",
        "CU": "cuba", "DE": "germany alemania deutschland", "DK": "denmark dinamarca", "EC": "ecuador",
        "DO": "dominicanrepublic republicadominicana", "ES": "spain espana", "FI": "finland finlandia",
        "FR": "france francia",
        "GB": "unitedkingdom reinounido greatbritain england scotland wales uk", "GR": "greece grecia",
        "GT": "guatemala", "HN": "honduras", "IE": "ireland irlanda", "IN": "india", "IT": "italy italia",
        "JP": "japan japon", "LU": "luxembourg luxemburgo", "MA": "morocco marruecos", "MX": "mexico",
        "NI": "nicaragua", "NL": "netherlands paisesbajos holland holanda", "NO": "norway noruega",
        "NZ": "newzealand nuevazelanda", "PA": "panama", "PE": "peru", "PL": "poland polonia", "PR": "puertorico",
        "PT": "portugal", "PY": "paraguay", "RO": "romania rumania", "SE": "sweden suecia", "SV": "elsalvador",
        "US": "unitedstates estadosunidos usa eeuu unitedstatesofamerica", "UY": "uruguay", "VE": "venezuela",
    }.items()
    for name in names.split()
}  # fmt: skip

LANGUAGES = {
    name: code
    for code, names in {
        "ca": "catalan catala", "de": "german aleman deutsch", "en": "english ingles",
        "es": "spanish espanol castellano",
        "eu": "basque euskera euskara vasco", "fr": "french frances francais", "gl": "galician gallego galego",
        "it": "italian italiano", "nl": "dutch neerlandes nederlands", "pt": "portuguese portugues",
    }.items()
    for name in names.split()
}  # fmt: skip
