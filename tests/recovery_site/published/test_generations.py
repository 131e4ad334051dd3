import os
import subprocess
import sys

import pytest

from recovery_site.published import generations
from recovery_site.published.generations import SIZE, Generations, slot_of


@pytest.fixture
def counters(tmp_path):
    return Generations(tmp_path)


def count(counters, *tags, last=1):
    dropped = []
    with counters.locked():
        counters.count(tags, last, dropped.append)
    return dropped


def test_change_raises_the_counter_of_its_tag_alone(counters):
    before = counters.now()
    count(counters, "article:5", last=7)
    after = counters.now()
    changed = [n for n in range(generations.FIRST_SLOT, SIZE // 8) if before[n] != after[n]]
    assert changed == [slot_of("article:5")]
    assert counters.last == 7
    assert counters.all == before[generations.ALL] + 1


def test_copy_does_not_change_with_the_counters(counters):
    copy = counters.now()
    count(counters, "helplines")
    assert copy[slot_of("helplines")] == 0


def test_what_is_dropped_is_told_before_the_change_is_done(counters):
    seen = []
    with counters.locked():
        counters.count(["topics"], 3, lambda slots: seen.append((slots, counters.last)))
    assert seen == [({slot_of("topics")}, 0)]
    assert counters.last == 3


def test_page_begun_meanwhile_must_show_the_change_that_is_being_counted(counters):
    seen = []
    with counters.locked():
        counters.count(["topics"], 3, lambda _slots: seen.append(counters.now()))
        counters.count_everything(5, lambda: seen.append(counters.now()))
    assert [numbers[generations.COUNTING] for numbers in seen] == [3, 5]
    assert [numbers[generations.LAST] for numbers in seen] == [0, 3]


def test_failing_drop_hides_no_change_and_lets_it_be_counted_again(counters):
    before = counters.all

    def fail(*slots):
        raise OSError

    for count in (counters.count, lambda tags, last, drop: counters.count_everything(last, fail)):
        with counters.locked(), pytest.raises(OSError):  # noqa: PT011
            count(["topics"], 3, fail)
    assert counters.all == before + 2
    assert counters.last == 0


def test_counters_have_their_room_on_disk(counters):
    assert counters.path.stat().st_blocks * 512 >= SIZE


def test_another_process_sees_the_change_at_once(counters, tmp_path):
    script = (
        "import sys; from pathlib import Path\n"
        "from recovery_site.published.generations import *\n"
        "g = Generations(Path(sys.argv[1]))\n"
        "print(g.numbers[slot_of('article:5')], g.epoch)\n"
        "with g.locked(): g.count(['article:5'], 9, bool)"
    )
    count(counters, "article:5")
    said = subprocess.run(
        [sys.executable, "-c", script, tmp_path],
        capture_output=True, text=True, check=True, env=os.environ,
    ).stdout  # fmt: skip
    assert said.split() == ["1", str(counters.epoch)]
    assert counters.numbers[slot_of("article:5")] == 2
    assert counters.last == 9


def test_after_a_restart_of_the_machine_no_earlier_page_counts_as_fresh(
    counters, tmp_path, monkeypatch
):
    count(counters, "article:5", last=41)
    before = counters.epoch
    monkeypatch.setattr(generations, "boot", lambda: 12345)
    rebooted = Generations(tmp_path)
    assert rebooted.epoch != before
    assert rebooted.numbers[generations.BOOT] == 12345
    assert rebooted.last == 41


def test_restart_of_a_process_changes_nothing(counters, tmp_path):
    count(counters, "article:5")
    again = Generations(tmp_path)
    assert again.now() == counters.now()


def test_everything_counts_as_changed_in_a_new_epoch(counters):
    before, told = counters.now(), []
    with counters.locked():
        counters.count_everything(70, lambda: told.append(counters.epoch))
    assert counters.epoch != before[generations.EPOCH]
    assert told == [counters.epoch]
    assert (counters.last, counters.all) == (70, before[generations.ALL] + 1)


def test_lock_is_free_after_the_start(counters, tmp_path):
    with counters.locked():
        pass
    with Generations(tmp_path).locked():
        pass


def test_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "pages").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="pages"):
        Generations(tmp_path / "pages")
