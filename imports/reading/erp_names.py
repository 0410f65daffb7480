"""What real systems call our columns: SAP (also German), NetSuite, Dynamics, Odoo, ERPNext, InvenTree, Epicor,
Oracle, JD Edwards, SyteLine, Sage, KiCad and spreadsheets in several languages.

Names are parted by `|`; earlier ones win over later ones. What stands after `||` is general (a "Part number" can
be a parent or a component), and counts only for what no other column claims.
"""

from __future__ import annotations

_SKU = (
    "item number|item no|item no.|item code|itemnumber|itemcode|itemid|item id|item name/number|"
    "product number|product code|productnumber|product no|part number|part no|part no.|partnum|part num|"
    "part number / identifier|material number|material no|materialnummer|matnr|material code|"
    "artikelnummer|artikel-nr|artikel-nr.|artikel nr|artikelnr|art.-nr.|art-nr|artnr|article number|article no|"
    "article code|artikelcode|sachnummer|teilenummer|teile-nr|"
    "référence article|code article|réf article|code produit|"
    "código de artículo|código artículo|código del artículo|número de artículo|código do item|código do produto|"
    "codice articolo|codice|codigo|indeks|indeks materiału|numer artykułu|artikelnummer|varenummer|"
    "internal reference|default_code|default code|stock code|stockcode|inventory id|inventoryid|invtid|invt id|"
    "itmref|itm ref|litm|part ipn|2nd item number|itemnmbr|productcode|variant code|variant code / sku|sku code|ipn|"
    "артикул|номенклатура|код|物料编码|物料号|物料代码|料号|品番|品目コード|品目||"
    "item|items|product|material|article|artikel|artículo|articolo|part|teil|produkt|produit|item name|"
    "product id|productid|product_id|item_id|part id|part_id|pn|p/n|référence|réf|name"
)
_MPN = (
    "manf#|mpn|manufacturer part number|manufacturer part no|mfr part number|mfr part #|mfr. part #|mfg part number|"
    "manf_num|manf num|manufacturer part|manufacturer pn|mfr pn|mfpn|manufacturer_part_number|herstellernummer|"
    "lcsc part|lcsc part number|jlcpcb part #|digikey part number|supplier part number"
)
_UNIT = (
    "uom|unit of measure|units|um|u/m|uofm|ium|uomcode|uom code|unit measure code|unitmeasurecode|"
    "unit of measure code|base unit of measure|base unit|stock uom|stock_uom|stock unit|inventory unit|"
    "meins|einheit|mengeneinheit|basismengeneinheit|me|unité|unité de mesure|unidad|unidad de medida|"
    "unità di misura|unità|um base|unidade|eenheid|jednostka|jm|enhed|enhet|product uom|product_uom_id|"
    "product_uom|uom_id|bom_line_ids/product_uom_id|uom (items)|productunitsymbol|component uom|component unit|"
    "komponentenmengeneinheit|cun|un|unit id|unitid|ед.|ед. изм.|единица|单位|計量单位|単位|bomuom"
)
# Beside a quantity alone, where "units" is a count and "un" or "me" may be anything.
_UNIT_BESIDE = "|".join(
    name for name in _UNIT.split("|") if name not in ("units", "um", "me", "un", "cun", "unit id", "unitid")
)
_WO = (
    "work order|work order number|work order no|work order no.|workorder|workorderid|work order id|wo|wo no|wo no.|"
    "wo #|wo#|wo number|wonumber|production order|production order number|production order no|prod. order no.|"
    "prod order no|productionordernumber|manufacturing order|mo|mo number|mo no|mo #|job|job number|job no|jobnum|"
    "job num|job_num|order number|order no|order no.|auftrag|auftragsnummer|auftrags-nr|fertigungsauftrag|"
    "fertigungsauftragsnummer|fa-nr|fa nr|betriebsauftrag|aufnr|ordre de fabrication|of|n° of|no of|numéro of|"
    "orden de fabricación|orden de producción|orden de trabajo|ordine di produzione|odp|ordem de produção|"
    "productieorder|zlecenie|zlecenie produkcyjne|production|work_order|wip_entity_name|doco|build|build order|"
    "build reference|生产订单|工单|工单号|製造指図|заказ||order|reference|name|number|no.|source"
)
_LOT = (
    "lot number|lot no|lot no.|lot #|lotnum|lot num|lot code|lot_id|lot id|lot/serial|lot/serial number|"
    "lot/serial number(s)|batch|batch number|batch no|batch no.|batch_no|batch id|charge|chargennummer|chg|charg|"
    "itembatchnumber|serial|serial number|serial no|serial no.|serial_no|numéro de lot|n° lot|n° de lot|lote|"
    "número de lote|lotto|numero lotto|partij|partia|партия|批次|批号|ロット|lotn"
)
_LOCATION = (
    "warehouse|warehouse code|warehousecode|warehouse id|location code|location name|loc|locationid|location id|"
    "location_id|site|site id|siteid|store|storage location|storagelocation|sloc|lgort|lagerort|lager|standort|"
    "werk|plant|werks|magasin|entrepôt|emplacement|dépôt|depot|almacén|ubicación|magazzino|ubicazione|magazijn|"
    "locatie|magazyn|s_warehouse|source warehouse|inventory location|inventory site|subinventory|"
    "subinventory code|subinventory_code|whscode|whse|wh|inventorysiteid|warehouseid|sitename|branch|mcu|"
    "default warehouse|默认仓库|仓库|库位|倉庫|склад|stofcy"
)
_FROM = (
    "from|start|start date|startdate|starting date|effective from|effective date|effective|effectivity date|"
    "effectivity_date|valid from|valid from date|validfrom|validfromdate|from date|date from|date début|datuv|"
    "gültig ab|gültig von|gueltig ab|gueltig von|ab|ab datum|von|début|date de début|valable du|valide du|du|"
    "desde|fecha inicio|válido desde|vigente desde|dal|data inizio|valido dal|valido da|início|vanaf|geldig vanaf|"
    "ważny od|effect_date|efff|bomstrdat|生效日期|有効開始日|с"
)
_TO = (
    "to|end|end date|enddate|ending date|effective to|effective until|expiration date|obsolete date|obs_date|"
    "disable date|disable_date|valid to|valid until|valid to date|validto|validtodate|to date|date to|through|"
    "thru|until|datub|gültig bis|gueltig bis|bis|bis datum|fin|date fin|date de fin|valable au|valide au|au|"
    "hasta|fecha fin|válido hasta|vigente hasta|al|data fine|valido al|valido a|fim|tot|geldig tot|ważny do|"
    "efft|bomenddat|失效日期|有効終了日|по"
)
_DUE = (
    "due date|duedate|required date|required by|need by|need-by date|needed by|date required|deadline|"
    "date_deadline|ecktermin|endtermin|liefertermin|fälligkeit|fällig|fällig am|échéance|date d'échéance|"
    "date limite|fecha de entrega|fecha límite|scadenza|data di scadenza|vencimento|vervaldatum|termin|"
    "planned end|scheduled end|scheduled completion date|basic finish date|gltrp|target date|drqj|срок"
)
_OPERATION = (
    "operation number|operation no|operation no.|operation seq|operation sequence|operationsequence|oper|opr|op|"
    "op no|opno|oprseq|opr seq|oper_num|oper num|operation_seq_num|operation seq num|opsq|vorgang|vorgangsnummer|"
    "vornr|arbeitsgang|arbeitsvorgang|ag|avo|opération|gamme|operación|operazione|fase|operação|bewerking|"
    "operationnumber|related operation|relatedoperation|工序|工序号|工程|операция"
)
_QUANTITY = (
    "qty|quantity|menge|qté|qte|quantité|cantidad|cant|cant.|quantità|qta|q.tà|quantidade|qtd|aantal|hoeveelheid|"
    "ilość|antal|mængde|määrä|数量|количество|кол-во|anzahl|stückzahl|amount"
)
_COMPONENT = (
    "component|component item|component number|component no|component no.|component item number|component code|"
    "componentid|component id|component part|component sku|component_item_name|component_item_number|child|"
    "child item|child part|child sku|child part number|child_part_number|member item|member|ingredient|"
    "ingredient variant code / sku|ingredient sku|raw material|idnrk|komponente|komponentennummer|"
    "stücklistenkomponente|komponenten-nr|unterteil|unterartikel|einsatzmaterial|"
    "référence composant|réf composant|réf. composant|composant|code composant|article composant|"
    "componente|código componente|código de componente|codice componente|artículo componente|"
    "onderdeel|materiał|składnik|komponent|komponentnummer|mtlpartnum|mtl part num|material part|matl|"
    "cpnitmref|cpnt|litm|bom lines/component|bom_line_ids/product_id|bom_line_ids/product_id/id|"
    "bom_line_ids/product_id/default_code|item code (items)|items: item code|子件|子件编码|组件|子項目|子品目|构成品目|"
    "构件|构成|компонент|sub_part|sub part|sub part ipn"
)
_PARENT = (
    "parent|parent item|parent item no|parent item no.|parent part|parent part number|parent_part_number|parent no|"
    "parent code|parentid|parent id|parent product|assembly|assembly item|assembly number|assembly part number|"
    "assembly_item_name|assembly_item_number|assembly item number|productassemblyid|assembly id|assembly part|"
    "finished good|finished product|finished item|fg|fg sku|end item|top level|header item|bom item|bom no|bom no.|"
    "production bom no.|bomid|product variant code / sku|kit|kitl|kit item|"
    "kopfmaterial|baugruppe|erzeugnis|oberteil|vaterartikel|stücklistenartikel|übergeordneter artikel|"
    "référence parent|réf parent|réf. parent|parent article|composé|article parent|produit fini|nomenclature|"
    "padre|artículo padre|código padre|conjunto|articolo padre|codice padre|assieme|pai|produto pai|"
    "samenstelling|hoofdartikel|zestawienie|wyrób|product_tmpl_id|product_tmpl_id/id|product_tmpl_id/default_code|"
    "manufactured item|manufactureditemnumber|parent ipn|master item|母件|母件编码|父项|親品目|родитель|изделие"
)

ERP_NAMES: dict[str, dict[str, str]] = {
    "items": {
        "sku": _SKU,
        "description": (
            "item description|product description|part description|partdescription|material description|maktx|"
            "bezeichnung|artikelbezeichnung|materialkurztext|kurztext|beschreibung|désignation|libellé|descripción|"
            "descrizione|descrição|omschrijving|opis|nazwa|item name|product name|productname|beskrivelse|descr|desc|"
            "наименование|名称|品名|物料描述||name|title|long description"
        ),
        "kind": (
            "finished_good|finished good|finished goods|finishedgoodsflag|is finished good|item kind|item_kind|"
            "material type|materialart|mtart|fertigerzeugnis"
        ),
        "unit": _UNIT + "||unit",
        "tracking": (
            "track|tracked by|lot tracking|item tracking|item tracking code|tracking type|tracking method|"
            "chargenpflicht|xchpf|batch management|has_batch_no|track lots"
        ),
        "negative_policy": "negative stock|negative stock policy|negative inventory|allow negative|negative policy",
        "standard_cost": (
            "standardcost|std cost|stdcost|std. cost|standard price|standard_price|stprs|standardpreis|"
            "plankosten|herstellkosten|coût standard|prix standard|coste estándar|costo standard|custo padrão|"
            "standaardkostprijs|koszt standardowy|standard unit cost|cost standard|valuation rate|标准成本||"
            "unit cost|cost|kosten|coût|costo|coste"
        ),
        "rounding_step": (
            "rounding value|rounding step|rounding multiple|rounding precision|order multiple|rundungswert|bstrf|"
            "pas d'arrondi|qty multiple"
        ),
        "rounding": "rounding direction|rounding method|rundung|rundungsrichtung|arrondi",
        "location": _LOCATION + "|default location|supply location|bin",
    },
    "boms": {
        "component_sku": _COMPONENT + "||" + _SKU.replace("||", "|") + "|" + _MPN,
        "parent_sku": _PARENT + "||" + _SKU.replace("||", "|").removesuffix("|name"),
        "usage": (
            "usage per unit|usage_per_unit|qty per|quantity per|qtyper|qty_per|quantityper|qty per assembly|"
            "quantity per assembly|per assembly qty|perassemblyqty|qty/assy|component quantity|component qty|"
            "component_quantity|comp. qty|comp. qty (cun)|komponentenmenge|komp.menge|bom quantity|bom qty|bomqty|"
            "member quantity|required quantity|required qty|qty required|quantity required|quantity per product|"
            "menge|einsatzmenge|bedarfsmenge|verbrauch|stückzahl je|quantité par|consumption|matl_qty|"
            "matl_qty_conv|qnty|bom_line_ids/product_qty|bom lines/quantity|qty (items)|product_qty|用量|单位用量|"
            "单耗|使用量|員数|норма||" + _QUANTITY
        ),
        "usage_per": (
            "per|base quantity|base qty|basismenge|bmeng|batch size|lot size|per quantity|quantity denominator|"
            "quantitydenominator|output quantity|bom output|batch quantity|quantité de base|base|ausbringung|"
            "losgröße|基本数量|usage basis|basis|fixedqty|fixed qty"
        ),
        "unit": _UNIT + "||unit",
        "scrap_percent": (
            "scrap|scrap %|scrap percent|scrap percentage|scrap pct|scrap factor|scrap_fact|scrap rate|loss|loss %|"
            "loss percent|waste|waste %|wastage|attrition|component scrap|component scrap %|component scrap in %|"
            "ausch|ausschuss|ausschuss %|ausschuss in %|komponentenausschuss|komponentenausschuss in %|verschnitt|"
            "rebut|% rebut|taux de rebut|perte|% perte|merma|% merma|desperdicio|scarto|% scarto|perda|uitval|"
            "odpad|estscrap|est scrap|variablescrappercentage|scrp|损耗|损耗率|брак"
        ),
        "scrap_method": "scrap method|loss method|scrap type|estscraptype",
        "fixed_quantity": (
            "fix quantity|setup quantity|setup qty|constant quantity|constantscrapquantity|"
            "fixmenge|rüstmenge|quantité fixe|cantidad fija|固定用量"
        ),
        "line_type": "component type|item category|line kind|by-product|byproduct",
        "supply": (
            "flushing method|flushing|flushing principle|flushingprinciple|backflush|issue method|issue type|"
            "supply type|wip supply type|wip_supply_type|rgekz|retrograde entnahme|entnahmeart"
        ),
        "operation": _OPERATION,
        "level": (
            "bom level|bomlevel|lvl|stufe|auflösungsstufe|niveau|nivel|livello|nível|poziom|niveau bom|"
            "indent|indent level|indented level|indentation|structure level|hierarchy level|depth|层级|レベル|уровень"
        ),
        "position": (
            "pos|pos.|pos nr|posnr|line|line no|line no.|line number|linenumber|item position|find number|find no|"
            "balloon|sequence|seq|seq.|mtlseq|mtl seq|item_num|positionsnummer|poste|no de ligne|posición|"
            "posizione|riga|regel|pozycja|bom line|bom item number|项次|行号|cpnl"
        ),
        "revision": (
            "rev|rev.|revision number|revisionnum|bom revision|version|version code|bom version|stlal|alternative|"
            "alternative bom|alternativ|stücklistenalternative|révision|indice|revisión|revisione|版本"
        ),
        "planned_loss_percent": "planned loss|planned loss %|assembly scrap|assembly scrap %|baugruppenausschuss|kausf",
        "effective_from": _FROM,
        "effective_to": _TO,
        "phantom": (
            "phantom|is phantom|phantom item|dumps|dummy|dummybaugruppe|fantôme|fantasma|pullasasm|phantom flag"
        ),
        "substitute_skus": (
            "substitutes|substitute|substitute items|alternates|alternate|alternate parts|alternative items|"
            "alternative part|ersatzteile|ersatz|ersatzartikel|remplaçants|sustitutos|替代料|替代品"
        ),
    },
    "work_orders": {
        "wo_number": _WO + "|id",
        "sku": _SKU
        + "|output|output item|assembly|finished good|item to manufacture|production_item|production item|"
        "source no|source no.",
        "quantity": (
            "order qty|order quantity|ordered qty|ordered quantity|ordered|orderqty|qty ordered|quantity ordered|"
            "planned quantity|planned qty|target quantity|target qty|total quantity|qty to manufacture|"
            "quantity to produce|qty to produce|product_qty|wo qty|job qty|prodqty|prod qty|production quantity|"
            "required quantity|auftragsmenge|sollmenge|gamng|bestellmenge|quantité commandée|quantité à produire|"
            "quantité prévue|cantidad pedida|cantidad a producir|quantità ordinata|quantità da produrre|uorg||"
            + _QUANTITY
        ),
        "unit": _UNIT_BESIDE + "||unit",
        "kind": "order kind|order type|wo type|auftragsart|auart",
        "status": (
            "order status|state|wo status|stage|auftragsstatus|systemstatus|statut|état|etat|estado|stato|stan|状态"
        ),
        "site": _LOCATION + "|work site|work center|workcenter|work_center|production site|arbeitsplatz",
        "due": _DUE + "||end|end date|enddate|finish|finish date",
        "conversion_cost": "conversion cost per unit|labour cost|labor cost|conversion rate|umwandlungskosten",
        "scrap_allowance": "scrap allowance|scrap allowance %|planned scrap|planned scrap %|expected scrap %",
    },
    "completions": {
        "wo_number": _WO,
        "sku": _SKU + "|output|output item|assembly|finished good|production_item|production item",
        "completed_qty": (
            "completed|completed quantity|qty completed|quantity completed|completedqty|qty complete|complete qty|"
            "good|good qty|good quantity|qty good|good units|yield|yield quantity|confirmed yield|stockedqty|"
            "stocked qty|finished qty|finished quantity|produced|produced qty|produced quantity|qty produced|"
            "quantity produced|produced_qty|qty_produced|qty_producing|built|quantity built|received qty|qty received|"
            "delivered quantity|output quantity|manufactured qty|built quantity|built qty|quantity producing|laborqty|"
            "labor qty|fertig gemeldet|rückgemeldete menge|"
            "rueckgemeldete menge|gutmenge|gut|lmnga|gmnga|wemng|quantité produite|quantité bonne|qté produite|"
            "qté bonne|quantité terminée|cantidad producida|cantidad buena|cantidad completada|quantità prodotta|"
            "quantità buona|gereed gemeld|ilość wykonana|完工数量|完成数|良品数||" + _QUANTITY
        ),
        "scrap_qty": (
            "scrap|scrapped|scrap quantity|scrapped qty|scrapped quantity|scrappedqty|qty scrapped|quantity scrapped|"
            "scrapqty|rejected|rejected qty|reject qty|rejects|bad|bad qty|ausschuss|ausschussmenge|xmnga|iasmg|"
            "rebut|quantité rebut|qté rebut|rebuts|rebutée|merma|cantidad rechazada|cantidad merma|scarto|"
            "quantità scartata|uitval|braki|process loss qty|process_loss_qty|报废数量|不良数"
        ),
        "scrap_reason": (
            "scrap reason|scrap reason id|scrapreasonid|scrap code|scrap reason code|reject reason|reason|reason code|"
            "reasoncode|ausschussgrund|abweichungsursache|grund|agrnd|motif|motif rebut|motivo|causale|reden|报废原因"
        ),
        "order_qty": (
            "order quantity|ordered qty|ordered quantity|ordered|orderqty|qty ordered|quantity ordered|planned qty|"
            "planned quantity|target qty|target quantity|qty to manufacture|product_qty|wo qty|job qty|prodqty|"
            "auftragsmenge|sollmenge|gamng|quantité commandée|quantité prévue|cantidad pedida|quantità ordinata|uorg"
        ),
        "unit": _UNIT_BESIDE + "||unit",
        "operation": _OPERATION,
        "reference": (
            "completion|completion number|completion no|confirmation|confirmation number|confirmation no|report|"
            "report number|transaction|transaction id|transaction number|document|document no|document no.|"
            "document number|receipt|receipt number|rückmeldung|rückmeldenummer|rueck|rmzhl|belegnummer|beleg|"
            "numéro de déclaration|déclaration|bon|referencia|riferimento"
        ),
        "lot": _LOT + "|output lot|finished lot|lot_producing_id",
        "completed_at": (
            "completed on|completion date|date completed|completed date|finish date|finished at|finished on|finish|"
            "actual end|actual end date|actual finish|actual finish date|end|end date|enddate|posting date|"
            "posting_date|transaction date|receipt date|production date|date produced|date_finished|buchungsdatum|"
            "budat|rückmeldedatum|istende|ende|fertig am|fertigstellung|date de fin|date fin|fin|date d'achèvement|"
            "date de production|fecha fin|fecha de producción|fecha|data fine|data|einddatum|data zakończenia|"
            "完工日期|完成日|clockindate|clock in date|payrolldate||date|datum"
        ),
        "final": "is final|final confirmation|final issue|last|endrückmeldung|aueru|closed|complete order|dernier",
        "due": _DUE,
        "started_at": (
            "start|start date|startdate|started|started on|actual start|actual start date|starting date|begin|"
            "date_start|iststart|starttermin|beginn|date de début|début|fecha inicio|data inizio|startdatum"
        ),
    },
    "issues": {
        "wo_number": _WO,
        "component_sku": _COMPONENT + "||" + _SKU.replace("||", "|") + "|" + _MPN,
        "quantity": (
            "issued|issued qty|issued quantity|qty issued|quantity issued|used|used qty|quantity used|qty used|"
            "consumed|consumed qty|consumed quantity|qty consumed|quantity consumed|actual qty|actual quantity|"
            "actual usage|consumption|consumptionbomquantity|tranqty|tran qty|transaction quantity|entry_qnt|"
            "qty in unit of entry|qty in une|quantity in une|menge in erfassme|menge in erfassungsmengeneinheit|"
            "entnommene menge|entnahmemenge|enmng|verbrauchte menge|istmenge|verbrauch|"
            "quantité consommée|qté consommée|quantité sortie|cantidad consumida|quantità consumata|verbruikt|"
            "zużycie|quantity_done|实际用量|领料数量||" + _QUANTITY
        ),
        "unit": _UNIT + "|eme|eun|une|unit of entry|erfassungsmengeneinheit||unit",
        "lot": _LOT,
        "location": _LOCATION + "|from location|from warehouse|fromwarehousecode|bin|from bin",
        "stands_in_for": (
            "stands in for|substitute for|substituted item|replaces|instead of|original item|original_item|"
            "bom item|standard item|ersetzt|ersatz für|remplace|au lieu de|sustituye a|sostituisce"
        ),
        "factor": "substitute factor|substitution factor|conversion factor|faktor|facteur",
        "operation": _OPERATION,
        "position": "pos|pos.|posnr|line|line no|line no.|mtlseq|mtl seq|positionnumber|reservation item|rspos",
        "reference": (
            "completion|completion reference|confirmation|confirmation number|report|report number|document|"
            "document no|document no.|document number|rückmeldung|beleg|referencia|riferimento"
        ),
    },
    "stock": {
        "sku": _SKU,
        "location": _LOCATION,
        "shelf": "shelf code|rack|aisle|regal|étagère|rayon|estante|scaffale|stelling|regał|货架|棚",
        "bin": (
            "bin number|bin no|binnum|bin code|bin location|bin_code|bincode|storage bin|storagebin|lgpla|lagerplatz|"
            "fach|casier|case|hueco|contenitore|locn|locator|locator_code|货位"
        ),
        "lot": _LOT,
        "on_hand": (
            "on hand|onhand|qoh|soh|qty on hand|quantity on hand|qtyonhand|on hand qty|on hand quantity|"
            "available|available qty|available quantity|actual_qty|actual qty|balance qty|balance|stock|stock qty|"
            "stock quantity|stock on hand|in stock|physical|physical qty|physical inventory|current stock|"
            "counted quantity|counted qty|count|counted|unrestricted|labst|frei verwendbar|bestand|lagerbestand|"
            "bestandsmenge|verfügbar|quantité en stock|stock disponible|en stock|existencias|stock actual|"
            "giacenza|esistenza|disponibile|estoque|saldo|voorraad|stan magazynowy|inventory_quantity|"
            "quantityonhand|location on hand|pqoh|库存|库存数量|現有库存|在庫数|在庫|остаток||" + _QUANTITY
        ),
        "unit": _UNIT_BESIDE + "||unit",
        "unit_cost": (
            "lot cost|lotcost|avgcost|avg cost|average cost|avg. cost|cost per unit|valuation rate|valuation_rate|"
            "moving average|verpr|gleitender durchschnittspreis|durchschnittspreis|stückkosten|einstandspreis|"
            "coût unitaire|coût moyen|pmp|cump|coste unitario|coste medio|costo unitario|costo medio|stdcost|"
            "std cost|standard cost|standardcost|standard price|stprs|location average cost||cost|unit price|price"
        ),
        "received_on": (
            "received|received date|date received|receipt date|receiptdate|in_date|incoming date|wareneingang|"
            "wareneingangsdatum|lwedt|date de réception|reçu le|fecha de recepción|data ricezione|ontvangen"
        ),
        "expires_on": (
            "expires|expiry|expiry date|expirydate|expiration|expiration date|expirationdate|best before|use by|"
            "shelf life expiration date|vfdat|verfallsdatum|verfalldatum|mhd|mindesthaltbarkeit|péremption|"
            "date de péremption|caducidad|fecha de caducidad|scadenza|vervaldatum|有效期|失效日期|賞味期限"
        ),
        "counted_at": (
            "counted on|count date|as of|as of date|snapshot|snapshot at|snapshot date|inventory date|"
            "inventory_date|stock date|stichtag|zähldatum|bestandsdatum|date d'inventaire|fecha de recuento|"
            "data inventario||date|datum"
        ),
    },
    "costs": {
        "sku": _SKU,
        "unit_cost": (
            "cost per unit|standard cost|standardcost|std cost|stdcost|std. cost|cost|standard unit cost|"
            "stückkosten|standardpreis|standardkosten|herstellkosten|stprs|selbstkosten|"
            "coût unitaire|coût standard|prix de revient|coste unitario|coste estándar|costo unitario|"
            "costo standard|custo unitário|custo padrão|kostprijs|koszt jednostkowy|valuation rate|"
            "valuation_rate|standard_unit_cost|标准成本|单位成本|標準原価|себестоимость||unit$|kosten|coût|coste|costo"
        ),
        "effective_from": _FROM,
        "effective_to": _TO,
    },
    "operations": {
        "sku": _SKU,
        "operation": _OPERATION + "||step|seq|sequence",
        "name": (
            "operation name|operation description|work center|workcenter|work_center|arbeitsplatz|"
            "bezeichnung|kurztext|désignation|poste de charge||description|name"
        ),
        "backflush_point": "backflush|backflush point|count point|reporting point|milestone|meilenstein",
        "wo_number": _WO.split("||", 1)[0],
    },
    "units": {
        "from_unit": "from|fromunit|from uom|uom|alternative unit|alternativeinheit|meinh|unité de départ",
        "to_unit": "to|tounit|to uom|base unit|base uom|basiseinheit|meins|unité d'arrivée",
        "factor": "cnvfact|conversion factor|conversion|factor|faktor|umrechnungsfaktor|facteur|quantity|ratio",
        "rule": "multdiv|multiply or divide|operator|operation",
        "sku": _SKU,
    },
}
