"""Money is an integer in the currency's minor unit; this page knows how many of them make one."""

from decimal import Decimal

TWO_DECIMALS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP "
    "CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR "
    "JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN "
    "NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP "
    "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG"
)
NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
# ISO 4217 (active codes and their minor units, 2026).
DECIMALS = {
    **dict.fromkeys(TWO_DECIMALS.split(), 2),
    **dict.fromkeys(NO_DECIMALS.split(), 0),
    **dict.fromkeys(THREE_DECIMALS.split(), 3),
}
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "MXN": "$", "CZK": "Kč", "INR": "₹", "KRW": "₩", "BRL": "R$"}


def major(minor: int, currency: str) -> Decimal:
    """Minor units as a decimal number of the currency: 1250 EUR is 12.50, 1250 JPY is 1250."""
    return Decimal(minor).scaleb(-DECIMALS[currency])
