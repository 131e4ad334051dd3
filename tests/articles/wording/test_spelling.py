"""Mended spelling, and words that look like it and say something else."""

from articles.wording.spelling import is_spelling_of

MENDED = """
recieve receive / teh the / occured occurred / symtoms symptoms / Withdrawl Withdrawal
becuase because / methodone methadone / naloxne naloxone / definately definitely / beleive believe
tommorow tomorrow / the The / proximo próximo / withdrawal-symtoms withdrawal-symptoms / it's it’s
treatement treatment
"""
OTHER_WORDS = """
not now / now not / nto not / nto into / can can't / cant can / dont don't / mg mcg / mg Mg
ml mL / no on / safe unsafe / legal illegal / typical atypical / dose doses / pills pill
daily dally / more mere / four hour / hour four / two too / may nay / first fist / before befor
without withouth / heroin heroine / opiate opioid / methadone methadose / methodone methadose
clonidine clonidin-e / clonazepam clobazam / death health / US us / aids AIDS / 4 40 / 4mg 5mg
10 1O / 988 998 / breath breathe / taper tape / stop step / never ever / nida.nih.gov nida.nih.org
quit quiet / recieve receives-it / wrods sword-s / si sí / affect effect
symptomatic asymptomatic / nurse nurses / of off / hot not / noe none / heal heel / ten tem / , .
a b
"""


def pairs(text):
    return [each.split() for line in text.split("\n") for each in line.split(" / ") if each.strip()]


def test_mended_spelling_is_told_from_other_words():
    assert [pair for pair in pairs(MENDED) if not is_spelling_of(*pair)] == []
    assert [pair for pair in pairs(OTHER_WORDS) if is_spelling_of(*pair)] == []
