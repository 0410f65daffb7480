"""Currencies that may stand beside a cost: their codes (ISO 4217) and signs, and which currency a sign can mean."""

from __future__ import annotations

import re

_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP CNY COP CRC CUP CVE CZK DEM DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP FRF GBP GEL GHS GIP GMD GNF GTQ GYD HKD "
    "HNL HRK HTG HUF IDR ILS INR IQD IRR ISK ITL JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL "
    "LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN "
    "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD "
    "TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL"
)
CODES = frozenset(_CODES.split())
_DOLLARS = (
    "USD CAD AUD NZD SGD HKD TWD MXN ARS CLP COP BMD BSD BBD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD UYU XCD"
)
_SIGNS = {
    "$": _DOLLARS,
    "€": "EUR",
    "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP",
    "¥": "JPY CNY",
    "₹": "INR",
    "₽": "RUB",
    "₩": "KRW KPW",
    "₺": "TRY",
    "₪": "ILS",
    "₫": "VND",
    "฿": "THB",
    "₴": "UAH",
    "₱": "PHP CUP",
    "kr": "SEK NOK DKK ISK",
    "Fr": "CHF XAF XOF XPF BIF CDF DJF GNF KMF RWF FRF",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "Rs": "INR PKR LKR NPR MUR SCR",
    "US$": "USD",
    "CA$": "CAD",
    "AU$": "AUD",
    "NZ$": "NZD",
    "HK$": "HKD",
    "SG$": "SGD",
    "NT$": "TWD",
    "MX$": "MXN",
}
_WRITTEN = [
    r"[A-Z]{2,3}\$",
    *(rf"{sign}\.?" if sign.isalpha() else re.escape(sign) for sign in _SIGNS if len(sign) < 3),
    *sorted(CODES),
]
PATTERN = f"(?:{'|'.join(_WRITTEN)})"
_BESIDE = re.compile(rf"^[-+−(\s]*(?P<before>{PATTERN})|(?P<after>{PATTERN})[-)\s]*$")


def currencies_of(text: str) -> frozenset[str] | None:
    """The currencies that a cost may be in by what stands beside it; None where nothing tells.

    >>> currencies_of("5 €"), currencies_of("CHF 5"), currencies_of("5")
    (frozenset({'EUR'}), frozenset({'CHF'}), None)
    """
    if not (found := _BESIDE.search(text.strip())):
        return None
    sign = (found["before"] or found["after"]).rstrip(".")
    if sign in CODES:
        return frozenset({sign})
    meant = _SIGNS.get(sign)
    return frozenset(meant.split()) if meant else None
