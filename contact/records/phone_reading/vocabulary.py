"""Words around phone numbers, folded: what the digits beside them mean."""

from __future__ import annotations

from .characters import fold_characters, plain_characters


def _words(text: str) -> frozenset[str]:
    return frozenset(fold_characters(plain_characters(text)).split())


# Latin scripts first, then Greek, Cyrillic, Hebrew, Arabic, Hindi, Thai, Chinese, Japanese, Korean.
EXTENSION = _words(
    "ext ex exten extension extensions extn xtn xt x extensión extensao ramal anexo interno int "
    "poste durchwahl dw apparat nebenstelle toestel tst wew wewn wewnętrzny derivación estensione "
    "interne lokal lokalnummer anknytning ankn alanumero dahili nhánh máy lẻ belső mellék klapka "
    "linka εσωτ εσωτερικό доб добавочный вн внутр внутренний дод שלוחה داخلي داخلی تحويلة विस्तार "
    "ต่อ 内線 分机 内线 分機 転送 转 轉 내선"
)
# What to choose or press once somebody, or a machine, answers.
MENU = _words(
    "option options opt opción opcion press hit push dial key choose select pick enter menu "
    "selection marque marca marcar oprima oprime presione presiona pulse pulsa "
    "elija tecla button appuyez tapez"
)
# Between those words and their digits.
FILLERS = _words(
    "is are no nos num number numero número nro nr es el la the my mi key button tecla"
)
ALTERNATIVES = _words("or o u y and ou oder alt alternatively")
CORRECTIONS = _words(
    "sorry wait oops mean meant actually correction rather instead ending ends perdón digo mejor "
    "star"
)
# Letters for a pause or an extension, right before its digits.
PAUSES = _words("e p w")
TIMES = _words(
    "after before until till til by since around past between from noon "
    "después antes desde hasta entre tras las los nach vor"
)
# Between two hours.
RANGES = _words("to a y and bis or o")
# Before digits of any kind: they say nothing about them.
PREPOSITIONS = _words("at on in for about only with and am is de en para con al")
MEASURES = _words(
    "am pm a.m p.m o'clock oclock ish min mins minute minutes hour hours hr hrs h day days week "
    "weeks month months year years yr yrs yo old anos años hora horas dia dias día días minutos "
    "de kids children people times dollars bucks usd cents mg miles hundred st nd rd th"
)
ADDRESSES = _words(
    "apt apartment apto unit suite ste room rm floor fl box po zip zipcode postal cp bldg building "
    "house casa lot space bed cuarto habitación piso hwy route exit gate dorm pod cell-block "
)
STREETS = _words(
    "st street ave avenue av rd road ln lane dr drive blvd boulevard way ct court pl place cir ter "
    "pkwy hwy highway loop trail trl calle avenida camino"
)
# Numbers of papers and people.
RECORDS = _words(
    "case caso ref reference id member policy account acct medicaid ahcccs medicare ssn badge "
    "booking inmate card order ticket claim group license dob born nacido nacida birthday bday"
)
MONTHS = _words(
    "january jan february feb march mar april apr may june jun july jul august aug september sep "
    "sept october oct november nov december dec enero febrero marzo abril mayo junio julio agosto "
    "septiembre octubre noviembre diciembre"
)
AGES = _words("i'm im am age aged edad tengo years soy")
# Between one key and the next.
STEPS = _words("then next followed luego después")
# Between the halves of one number.
CONNECTORS = _words(
    "area code codigo código is es and y then dash hyphen dot point space guion guión punto "
    "espacio number numero número luego the el my mi"
)
# Four letters after seven digits may be a label instead of digits.
LABELS = _words(
    "home cell work mom dad call text mine mobile casa mama mami jobs fax main desk wife son sis "
    "bro aunt uncle office only thanks gracias cel please here now"
)
COUNTRIES = {
    name: region
    for region, names in {
        "MX": "mexico méxico mex mx", "GB": "uk england britain scotland wales inglaterra gb",
        "IE": "ireland irlanda", "DE": "germany alemania deutschland", "FR": "france francia",
        "ES": "spain españa", "IT": "italy italia", "PT": "portugal", "NL": "netherlands holland",
        "PL": "poland", "UA": "ukraine", "GT": "guatemala", "HN": "honduras", "SV": "salvador",
        "NI": "nicaragua", "CR": "rica", "CO": "colombia", "VE": "venezuela", "EC": "ecuador",
        "PE": "peru perú", "CL": "chile", "AR": "argentina", "BR": "brazil brasil", "CU": "cuba",
        "BO": "bolivia", "AU": "australia", "NZ": "zealand", "PH": "philippines filipinas",
        "IN": "india", "PK": "pakistan", "CN": "china", "JP": "japan", "KR": "korea",
        "VN": "vietnam", "NG": "nigeria", "IL": "israel", "ZA": "africa",
    }.items()
    for name in _words(names)
}  # fmt: skip
