"""Signs of danger weighed anew, also by ordinary requests, and fewer points for weak patterns.

Rows that staff wrote or changed stay as they left them, and their signs keep their points: what was
saved in the admin has an entry in its history.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from importlib import import_module
from typing import Any

from django.db import migrations

PATTERNS = import_module("contact.migrations.0016_danger_patterns").PATTERNS
digest = import_module("contact.migrations.0033_signs_of_danger").digest
BATCH = 200
# The points of a pattern before; other points were given by staff.
POINTS_BEFORE = 175
# The rows of signs before, by the start of their SHA-256.
DIGESTS = """
    0115cbc62c7785d2 01c82374d0731851 022dad391f62a674 02b71d2edd1d0c61 02fa03130b3a6555
    04f2214be14b4e72 0529de991771b65f 06c4b550ffde120a 06ccdb40c1bdfa88 095700a0b6f6e2e0
    0a1e8bcf3f2b3531 0c8c7079064aa128 0d32fdaeee2edd07 0d39e50169f92d61 0e5a098db17920fe
    0fe2d5e0e8119db9 1014048bb4d24499 10a096aaef646aac 11217415e66dd492 1129217c45bbb892
    1301d9d9b671f65b 132a50978166641a 135dd217355167f6 18b34d45e256f78f 1a62991386ab64c5
    1bd6673e76d7467b 1c4502fbbec9be35 1d3df358e37a646a 1dc62149800d6b49 1ea53fa21a45b9d8
    214d90d10feca6d1 22a8b119f8c3121b 24f42091532f262f 29ae4110cb2f7633 2a415418ac0293e6
    2bb11d5c793fd105 2c8ada6db7081e8e 2df9f500fb047bcb 2e0686e9a7d10b52 3131c0ec8f0dfc04
    34944e6f4c6da703 34e696b176c8d822 39bfcee065cac1c9 39e9cbbdcaac529c 3c761b04628d737d
    3d1be1f66489f59b 3f35347411bd32da 4040d9a838591211 414485e7e9c95d21 41906fde4c0ac46b
    419bc775d9413585 4206e89547d3f419 4586e230119e598b 475b105a07719c8b 476f3fac8bab1503
    4a676e788bdfb8aa 4c8fee6785778e8c 4e52e7c0b71e982c 4edbebe1bfc56c62 4eff1dd480802fe2
    4f33dd58e4a843be 4f62ba2649e4c5fe 51c2fdb29d6b7e80 520376b10b5a5ec1 53c16777e55314a2
    558d4cb36db23463 5bd45696b9a3c7d5 5c0d38d04f484098 5f56de6310c600eb 5f8a8b9c3d727b4d
    6049675a4400bcc3 610ed50df7ae9596 63c3c227a17ff07d 64817f537c44d2a5 649cf3ac8c92d0fb
    64e1073a8a5b0758 656c13f8f01b37ae 6589c08df4bbaee6 662e0e87d725baf4 664e7ff28dbce9f3
    6836b1285f134d94 68470f8b929f943c 6a03f9ac976e10e5 6a4121af1effc696 6a572d3a560fa74c
    6ab4916a300f2fb1 6c0e8626d0f29994 6ced53bec8c74699 6de60b5eac8f05d4 6e2eb145175dd29d
    710a0e9135b8dc8c 71279f0ed2323037 720888ef7daffb21 72d23c8481063ec4 733760141a5776a0
    74f39c648da87762 7587dc75c8ac97bf 765e34932cd76e2a 7834c83cb295d39e 78625df7e95c9d6d
    79c30b7ec57b19ae 7a9bccccd7a555f3 7c507bd0db73722a 7cc83764f77bad83 7d4db011b4f0d666
    7e5e047fc8b86669 7eac6b6995baa70c 7f978c84a143f176 803badf147ad715e 816687018b6c7773
    82362b3ddaf630a6 82c4c6c89d8649bd 83c86bcfef9a158f 8445b8a17f7749ca 84b31142c4e5859a
    8668c5187591a1cd 86d9e195db474d10 871e89f7c729cdb5 884304c9ec14ccbf 89126c1266595531
    894b780cee2a1718 894d79e5b2ec2abf 89be77c3a48079e4 8b3f076e92a8c2b6 8bdf1bb5fdeacf59
    8ce6cf0a8e7b6b1f 8cf9b7094179620b 8cfd219eedf381a8 8f018340ecccc6f8 8f08a6e46753833b
    8f2a12d962a94659 909b2042e82468c6 909bf668df932e91 90c25955332b6b2e 914b273e5513d4e1
    92fa258c698e1728 9583e1efe5b60032 9638a2d6e1e074c4 96753729a2e8bac4 96819001667f9595
    96b5a508c7adf813 99687cb6ba0c2194 9b68182a0ab19c03 9e21b9d0cdf401cc 9e65437c5cea7468
    a00f226a94a5ebee a092c53aca92d924 a1f5ed6cdf9b9e82 a52eb4f3a19fc3c4 a52f4a9818ba19ec
    a614617e04c6c61b a7d09ebbd40d355f a801083f0642f59d a81cdeed6b0a4ebd a8cb30a3305a62ed
    aa60f7187673d3ce acd16fe08c3e82c5 ad30cd9677eb4dd7 adc53fc8c705feea aeea3a7ecaeae14f
    afcb017d6f38c2a6 b10477ce9433f60e b241cc3c02e01923 b320b2a398a2ca0b b432bb258875cc78
    b4335a65383cc627 b4351397dbbc0031 b640b2bb717f3583 b64ce116ac1eaabe b95c21a3fcf4eaa3
    bb8c7fa80bbc5169 bbf01c85eb63f1df be41738d621741be be89dad4c1afa4d4 c01877227db3c834
    c1b884279314263c c28a4ffcd9193967 c2d386bacc508867 c326e9926cdf0d7b c39eb1b6ca3f4bf6
    c3c9d2f40db34201 c4719702cb2ecdf8 c8cfad10ec73d83c c9302fea1a0c7368 c9804a0d618481f5
    c99feb78d054edc9 ca8347c23f20d595 ca97efda34ef7478 caccc10ef2e46097 cb41b025ab439644
    ce9c9acfd34967d2 ceb293d09587eb6d d9be076137d183ef daa289e384aeb831 dbde309a03149fac
    dded90aaaf9ec750 de82f6b3eb9e289d df9e62ed4790e0ee e1a3666616beedcb e2432cbd1c81d5b6
    e298122347d0689c e440f587a55b8bc0 e58bdb2d8b6bcfa6 e71326b1f882b64c eb5e5fc884be86a3
    ebe96d152536c342 ed604da3c2b6f9b0 ed72c75c0585c1dd ee4778e47b2d00e8 f03e01a1c9ccd27f
    f072d2a065b22091 f1fe12f8aa7375de f35b74197fe73092 f39c1848b92681d7 f41bb024424bebc9
    f4ca571f2151c4b9 f8ac479afda29984 f94d6c660f1ca58c f98e2e8e10f80c7c fa37f48606810ec4
    fa38b92d83b3f6ea fa88e7e984bd348c fc43268429f1cf6d fcc2f9db5ea6ca95 fdc648aee739e43a
"""
REPLACED = frozenset(DIGESTS.split())


def weigh_anew(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    phrases = apps.get_model("contact", "DangerPhrase").objects.using(alias)
    history = apps.get_model("admin", "LogEntry").objects.using(alias)
    seen = history.filter(content_type__app_label="contact", content_type__model="dangerphrase")
    touched = {int(pk) for pk in seen.values_list("object_id", flat=True) if str(pk).isdigit()}
    with PATTERNS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    by_pk = dict(phrases.filter(kind="sign").values_list("pk", "words"))
    replaced = [
        pk for pk, words in by_pk.items() if pk not in touched and digest(words) in REPLACED
    ]
    for start in range(0, len(replaced), BATCH):
        phrases.filter(pk__in=replaced[start : start + BATCH]).delete()
    of_staff = {sign for pk, words in by_pk.items() if pk in touched for sign in words.split(", ")}
    there = set(phrases.values_list("words", flat=True))
    phrases.bulk_create(
        (
            phrases.model(
                words=words, kind="sign", language=row["language"], points=int(row["points"])
            )
            for row in rows
            if row["kind"] == "sign"
            if (words := ", ".join(s for s in row["words"].split(", ") if s not in of_staff))
            if words not in there
        ),
        batch_size=BATCH,
    )
    weigh_patterns(phrases, rows, touched)


def weigh_patterns(phrases: Any, rows: list[dict[str, str]], touched: set[int]) -> None:
    before = phrases.filter(points=POINTS_BEFORE).exclude(kind="sign")
    keys = {words: pk for pk, words in before.values_list("pk", "words") if pk not in touched}
    by_points = defaultdict(list)
    for row in rows:
        if row["points"] and row["words"] in keys:
            by_points[int(row["points"])].append(keys[row["words"]])
    for points, pks in by_points.items():
        for start in range(0, len(pks), BATCH):
            phrases.filter(pk__in=pks[start : start + BATCH]).update(points=points)


class Migration(migrations.Migration):
    dependencies = [("contact", "0041_notices")]

    operations = [migrations.RunPython(weigh_anew, migrations.RunPython.noop)]
