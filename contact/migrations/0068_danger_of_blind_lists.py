"""More ways of telling danger, and signs weighed by messages written without knowing any pattern."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import migrations

bring_rows = import_module("contact.migrations.0058_danger_weighed_by_kinds").bring
# The rows of before that are gone, by the start of their SHA-256.
DIGESTS = """
    006a0b06b952b52e 010ca6529aa1c9c1 03a19dcc61077e9f 04cdb16175dcae20 065e64a7ded93d61
    06a1ba70c20469fe 06acf41afbb14808 0faef2e733b2d1e9 1048d2d3b5d866c1 167faa22624754f4
    17649c3af457dc55 194e742b3b415b93 19bd8588491ff757 1a854023234be6b9 1d28c40891cb2467
    1e1cc4eea814877e 1e40c2a9ccde9ae3 1f2bda0724829f53 1f4a564115c67375 205b22f2e989fcea
    212b484f2d74b7fe 23bfc103fd1dcc68 2434cdd2df3397df 24429b60a890158c 24fb543f04abd007
    278ceec883a22e29 27fe6b7ece650523 29193e3558733597 2a4df03238d157e6 3436efd086918f96
    35f474ade70d9c91 35f6030e1936da22 3aeb055a07abd0c9 3cef8e180604f42a 3de8093f07441c47
    405360defca743cb 4076b2da0dbc6edd 452603948be47634 461e10acd73758ca 46271589c2e342fd
    4715a8ada34e0e35 48ed7a41445291fe 4986f6797d61b201 49b357c3b0d9aeac 4a5eb686c51b4052
    4bf33ecff5c6c0d0 4c3165e0583024aa 4fd8b47d36281b30 50d5c50fbe0a62de 510841c554c934ef
    51167d16f8029132 5709a8ff89416302 5b8e21586a08d5e5 5d4f5dca7185893f 5d7612e04d4ec8f5
    5d7fed62051d5f4d 61009859333f4232 61b3b527dd1021a3 620c5d87a25557fd 6259412f1cce64fe
    63fc4dd4cdb3756c 6695a55898f38106 69d42705f9d9bad4 6a603b742ea88100 6d4ca3d9b873da6b
    6df2858d16083e17 6e3d8fd52f30f966 6fc30fd0bd992562 77aeeee9517f6dea 7fddc1052a412582
    81f098df065c1473 8240e4b71ab71aac 82a3fe70a175d4ce 8439ed612e9e9065 8493cda068a50a58
    876482878fd7fc5b 8879e430ba5450c1 8a01093514b0a009 8a12be584748cb5f 8b8a1215e4199e35
    8b98de96c5a694b7 8bf58044b848aa80 8f21f267c3f7dd16 90aee8b654b3adcd 925501824e081780
    926ee2b63ba00b90 930187744967a3f4 962e7350786d2b38 98104a8c2d17ab6b 99cde67009203fce
    9d68c7f4b2a050e0 9dd0f1bfffdefa2a a35fa5489f282fa3 a4b4967e179810ac a6b800e7bd87aead
    a819e3d32b3bbe01 a8ddfcfc4f92bd37 a9a0d5c01c7614ad a9f1a9b6c58ccc79 ae78486fc5186e5c
    aec0856aa4fc345d af899999298da6d7 afdf01778f550bf4 b09db214393eb440 b13a09f9585af1f8
    b4b037ccfb47ec28 b4d5f75c3b965afb b64660edfc877c03 bf88e5850aed9f76 c476d9e5a8749b80
    c5dae1e7b1bc6cc6 c85de858658c451d c88810e86ffe1a1c ca048b44803d5b49 cc273ced31ba587b
    cd5952a4e6c97bd2 cdbaca048de89778 d09ca6eddc1be479 d3ce3772251d1abe d41b15b19621551a
    d5f1263dd52b2099 d661b1326fa2dfdb d76721e7fff99e0b d887edd28d9f0d2a d9bfcf7c87bad6ae
    da2bb1855523eaac dd3b64277f0aab0c ddc177dfce76cb3b df01c764ec0e0b06 df7945e70de82940
    e23c52f729fb68f8 e261bc18b56ac87d e357aa1fa97e9e09 e3c397cdac479789 e5cf7a35ff41ce4f
    ec0c58be69580e9f ec538360c7d8df53 ed09f131ce8364bb eeea799a970c6d01 ef37cb5f0a0f6f6e
    efc8c2f49744aef2 f0c590f78c1dbf61 f2be90e867ab6cba f3e9f993754a4948 f3f9c7fedd6a4c73
    f53935db9b7c9442 f6354ee7073f500f f802c74b625f5b7b f843fa2388798145 fbaab58caa8911a6
    fcd58bd91562b847 fdb3824aa27a3fc1 fe033cfc258c013c ff9a8095faff2e99
"""
GONE = frozenset(DIGESTS.split())


def bring(apps: Any, schema_editor: Any) -> None:
    bring_rows(apps, schema_editor, GONE)


class Migration(migrations.Migration):
    dependencies = [("contact", "0067_delays_others")]

    operations = [migrations.RunPython(bring, migrations.RunPython.noop)]
