"""The labelled set by which the finding of danger is measured."""

from .messages import read_messages

DANGER_KINDS = {"suicide", "self_harm", "overdose", "medical", "violence", "child"}


def test_the_set_is_large_and_mixed():
    messages = read_messages()
    assert len(messages) >= 400
    assert len({each.text for each in messages}) == len(messages)
    harmless = [each for each in messages if not each.is_danger]
    assert len(harmless) / len(messages) >= 0.45
    assert {each.kind for each in messages if each.is_danger} == DANGER_KINDS
    assert {each.language for each in messages} == {"en", "es"}


def test_about_half_of_each_label_is_never_looked_at():
    messages = read_messages()
    for is_danger in (True, False):
        labelled = [each for each in messages if each.is_danger == is_danger]
        looked_at = sum(each.is_looked_at for each in labelled)
        assert 0.4 < looked_at / len(labelled) < 0.6
