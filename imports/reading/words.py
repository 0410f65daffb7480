"""Words that stand for the same thing, and the form in which words and headers are compared."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """Only letters, digits, # and $, folded and without accents: "Réf. Parent" and "ref_parent" are one.

    >>> plain("Stückkosten"), plain("Manf#"), plain("PerAssemblyQty")
    ('stuckkosten', 'manf#', 'perassemblyqty')
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in folded if sign.isalnum() or sign in "#$")


def _words(**meanings: str) -> dict[str, str]:
    """One canonical word each, with the words that mean it (`|` between them); all compared as `plain`."""
    found = {}
    for canonical, others in meanings.items():
        name = canonical.rstrip("_")
        for word in (name, *others.split("|")):
            found[plain(word)] = name
    found.pop("", None)
    return found


FINISHED_WORDS = _words(
    sku="finished|finished good|finished goods|fg|fert|product|yes|y|true|1|-1|x|ja|oui|si|fertigerzeugnis|"
    "produit fini|assembly",
    material="raw|raw material|component|part|purchased|semi-finished|subassembly|roh|halb|hibe|verp|rohstoff|"
    "halbfabrikat|matiere premiere|composant|no|n|false|0|nein|non",
)
TRACKING_WORDS = _words(
    none="no tracking|no|n|false|0|nein|non|keine|aucun",
    lot="lots|batch|by lots|by lot|batch number|charge|chargen|numero de lot|lot number",
    serial="serials|serial number|by unique serial number|serialnumber|seriennummer|numero de serie|unique",
)
NEGATIVE_POLICY_WORDS = _words(
    allow="allowed|yes|true|1|erlaubt|autorise",
    warn="warning|warnen|avertir",
    block="no|false|0|refuse|sperren",
)
ROUNDING_WORDS = _words(
    up="roundup|rounded up|ceil|ceiling|auf|aufrunden|haut",
    down="rounddown|rounded down|floor|ab|abrunden|bas",
    nearest="half up|half-up|round|kaufmannisch|proche",
)
LINE_TYPE_WORDS = _words(
    component="item|material|input|normal|stock|komponente|composant|l",
    byproduct="by-product|co-product|coproduct|output|kuppelprodukt|nebenprodukt|sous-produit",
)
LOSS_METHOD_WORDS = _words(
    multiply="multiplied|markup|×|add|zuschlag", yield_="divide|divided|ausbeute|rendement"
)
SUPPLY_WORDS = _words(
    backflush="backflushed|auto|automatic|flush|flushing|backward|retrograd|yes|y|true|1|x|ja|oui|start|finish",
    hand="manual|manually|issue|issued|issued by hand|pick|picked|manuell|manuel|no|n|false|0|nein|non",
)
UNIT_RULE_WORDS = _words(multiply="m|mul|times|×|multipliziert", divide="d|div|÷|dividiert")
ORDER_KIND_WORDS = _words(
    production="standard|manufacturing|manufacture|normal|make|mo|job|fertigung|fabrication",
    kit="kitting|assembly|assemble|kit build|set",
)
STATUS_WORDS = {
    word: canonical.upper()
    for canonical, words in {
        "draft": "entwurf|brouillon",
        "entered": "planned|pending|simulated|crtd|erof|eröf|created|geplant|planifie",
        "placed": "released|firm|firm planned|rel|frei|freigegeben|lance|confirmed|open",
        "production": "cnf|rück|in progress|in process|started|wip|in work|in arbeit|en cours|progress",
        "in_transit": "in transit|transit",
        "partial": "pdlv|tgel|trück|partially delivered|partially received|pcnf|teilgeliefert",
        "received": "dlv|gelf|built|delivered|geliefert",
        "completed": "tabg|abgs|complete|finished|closed|teco|clsd|done|technically completed|abgeschlossen|termine",
        "cancelled": "canceled|void|deleted|cancel|dlt|storniert|annule",
    }.items()
    for word in map(plain, (canonical, *words.split("|")))
}
FLAG_WORDS = _words(
    yes="y|true|1|-1|x|t|ja|j|oui|o|si|s|vrai|wahr|verdadero|sim|tak|on",
    no="n|false|0|f|nein|non|faux|falsch|falso|nao|nie|off",
)
# How an empty cell is written by databases; it is blank in every column.
NULL_WORDS = frozenset({"NULL", "null", "(null)", "(NULL)", "Null", "<NULL>", "<null>", "\\N"})
# What a spreadsheet shows where a formula failed; it is never a value.
SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
    | {"#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#VALEUR!", "#NOMBRE!", "#¡REF!", "#¡VALOR!"}
)
_TOTALS = (
    "total|totals|grand total|sub total|subtotal|sum|sums|total cost|total qty|total quantity|total price|"
    "summe|gesamt|gesamtsumme|zwischensumme|endsumme|ergebnis|teilergebnis|"
    "gesamtergebnis|somme|sous-total|total general|totaal|subtotaal|totale|"
    "suma|razem|итого|всего|合計|总计|合计|小計|小计|end of report|end of file|end of list"
)
TOTAL_WORDS = frozenset(map(plain, _TOTALS.split("|")))
TOTAL_STARTS = frozenset(word[:2] for word in TOTAL_WORDS)
