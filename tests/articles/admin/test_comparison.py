"""The comparison of two versions marks whatever a reader could notice, and nothing else."""

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.admin.comparison.changes import compare_texts
from articles.text import markup
from tests.articles.admin.forms import change_url
from tests.factories import make_article


def marks(before, after):
    return [row for row in compare_texts(before, after) if row.is_changed]


def told(before, after):
    """All that the comparison says of its changes, as text."""
    return " ".join(
        part
        for row in marks(before, after)
        for part in (
            row.label, *row.notes,
            *(f"{piece.tag}:{piece.text} {' '.join(piece.formats)}" for piece in row.pieces),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('<p><a href="tel:988">Call</a></p>', '<p><a href="tel:998">Call</a></p>',
         "link to tel:998"),
        ("<p>Call us</p>", '<p>Call <a href="/contact/">us</a></p>', "link to /contact/"),
        ('<blockquote class="callout"><p>Mind</p></blockquote>',
         "<blockquote><p>Mind</p></blockquote>", "was: Important box › Paragraph"),
        ('<blockquote class="urgent"><p>Mind</p></blockquote>',
         '<blockquote class="callout"><p>Mind</p></blockquote>', "Important box"),
        ("<h2>Part</h2>", "<p><strong>Part</strong></p>", "was: Heading"),
        ("<h2>Part</h2>", "<h3>Part</h3>", "Subheading"),
        ("<h3>Part</h3>", "<h4>Part</h4>", "Heading of a small part"),
        ("<p>10<sup>3</sup></p>", "<p>103</p>", "raised"),
        ("<p>a <em>b</em></p>", "<p>a <strong>b</strong></p>", "italic"),
        ("<ul><li><p>a</p></li></ul>", "<ol><li><p>a</p></li></ol>", "Numbered list"),
        ("<ul><li><p>a</p></li><li><p>b</p></li></ul>",
         "<ul><li><p>a</p></li></ul><ul><li><p>b</p></li></ul>", "parted"),
        ('<ol><li><p>a</p></li></ol>', '<ol start="4"><li><p>a</p></li></ol>', "start 4"),
        ("<table><tbody><tr><th>a</th></tr></tbody></table>",
         "<table><tbody><tr><td>a</td></tr></tbody></table>", "was: Table › Header cell"),
        ("<table><tbody><tr><td>a</td></tr><tr><td>b</td></tr></tbody></table>",
         "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>", "joined"),
        ("<table><tbody><tr><td>a</td></tr></tbody></table>",
         '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>', "colspan 2"),
        ("<p>a</p><p>b</p>", "<p>a</p><hr><p>b</p>", "Line across the page"),
        ("<p>a<br>b</p>", "<p>a b</p>", "↵"),
        ("<p>Take 40 mg</p>", "<p>Take 4 mg</p>", "del:40"),
        ("<p>a b</p>", "<p>ab</p>", "ins:ab"),
        ('<p><a href="tel:911">a</a><a href="tel:911">b</a></p>',
         '<p><a href="tel:911">ab</a></p>', "ins:ab"),
        ("<p>a\u00a0b</p>", "<p>a b</p>", "no-break space"),
    ],
)  # fmt: skip
def test_what_a_reader_notices_is_marked_and_named(before, after, says):
    assert says in told(before, after)
    assert marks(after, before)


def test_only_the_words_that_changed_are_marked():
    (row,) = marks("<p>one two <em>three</em> four</p>", "<p>one 2 <em>three</em> four</p>")
    found = [(piece.tag, piece.text) for piece in row.pieces]
    assert found == [("", "one"), ("del", "two"), ("ins", "2"), ("", "three"), ("", "four")]


def test_thousands_of_like_blocks_are_compared_at_once():
    like = "<p>a b</p>" * 8000
    assert marks(like, like) == []
    assert len(marks(f"<p>x</p>{like}<p>y</p>", f"<p>y</p>{like[10:]}<p>x</p>")) > 1


# A text as a reader sees it: blocks, each in boxes and lists, of words with formats and links.
FORMATS = st.tuples(st.booleans(), st.booleans(), st.sampled_from(["", "tel:988", "/faq/"]))
RUN = st.tuples(st.sampled_from(["a", "b", "9", "é"]), FORMATS)
SENTENCE = st.lists(RUN, max_size=3)
LINE = st.tuples(st.sampled_from(["p", "h2", "h3", "h4"]), SENTENCE)
TREE = st.recursive(
    LINE,
    lambda inner: st.tuples(
        st.sampled_from(["ul", "ol", "blockquote", "callout", "urgent"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)
TEXT = st.lists(TREE, max_size=3)


def written(text, is_split=False):
    """The HTML of a text. `is_split` spells the same otherwise: each word has its own elements."""
    return "".join(_written(each, is_split) for each in text)


def _written(tree, is_split):
    name, inside = tree
    if name in ("p", "h2", "h3", "h4"):
        return f"<{name}>{' '.join(_run(run, is_split) for run in inside)}</{name}>"
    parts = [_written(each, is_split) for each in inside]
    if name in ("ul", "ol"):
        # The editor writes a paragraph into each item; older texts have none.
        parts = [part[3:-4] if is_split and kind == "p" else part
                 for part, (kind, _) in zip(parts, inside, strict=True)]  # fmt: skip
        parts = [f"<li>{part}</li>" for part in parts]
    tag = name if name in ("ul", "ol") else "blockquote"
    kind = f' class="{name}"' if name in ("callout", "urgent") else ""
    gap = "\n " if is_split else ""
    return f"<{tag}{kind}>{gap}{gap.join(parts)}</{tag}>"


def _run(run, is_split):
    word, (is_strong, is_em, href) = run
    html = escape(word)
    if is_em:
        html = f"<em>{html}</em>"
    if is_strong:
        html = f"<strong>{html}</strong>" + ("<strong></strong>" if is_split else "")
    return f'<a href="{href}">{html}</a>' if href else html


@settings(max_examples=150, deadline=None, database=None)
@given(TEXT, TEXT)
def test_two_texts_have_a_mark_exactly_if_they_look_different(one, other):
    before, after = (markup.sanitise(written(text)) for text in (one, other))
    assert bool(marks(before, after)) == (one != other)
    assert marks(before, markup.sanitise(written(one, is_split=True))) == []


@settings(max_examples=150, deadline=None, database=None)
@given(st.data(), TEXT.filter(bool))
def test_one_small_difference_has_a_mark(data, text):
    changed = list(text)
    place = data.draw(st.integers(0, len(text) - 1))
    changed[place] = data.draw(TREE.filter(lambda tree: tree != text[place]))
    assert marks(*(markup.sanitise(written(each)) for each in (text, changed)))


@pytest.mark.django_db
def test_page_counts_changes_leads_from_one_to_the_next_and_folds_the_rest(as_editor):
    same = "".join(f"<p>Same words {n}</p>" for n in range(8))
    article = make_article(title="Old name", body=f"<p>a &lt;b&gt; c</p>{same}<p>gone</p>")
    article.save_revision(title="New name", summary="", body=f"<p>a &lt;b&gt; c</p>{same}")
    page = as_editor.get(change_url(article, "versions", "compare") + "?old=2&new=1").text
    assert "3 changes" in page
    for text in ("<del>Old</del>", "<ins>New</ins>", "<del>gone</del>", 'href="#change-2"'):
        assert text in page, text
    assert 'id="change-3"' in page
    assert "parts without a change" in page
    assert "<b>" not in page


@pytest.mark.django_db
def test_nothing_different_is_said_only_of_pages_that_look_the_same(as_editor):
    article = make_article(body="<p><strong>a</strong></p>")
    words = {"title": article.live.title, "summary": article.live.summary}
    article.save_revision(body="<p><strong>a</strong><strong></strong></p>", **words)
    article.save_revision(body="<p>a</p>", **words)
    same = "Nothing that visitors could notice"
    url = change_url(article, "versions", "compare")
    assert same in as_editor.get(f"{url}?old=1&new=2").text
    assert same not in as_editor.get(f"{url}?old=1&new=3").text
    # An earlier release of the site made another page of the same words.
    article.revisions.filter(number=2).update(rendered="<p class='x'><strong>a</strong></p>")
    assert same not in as_editor.get(f"{url}?old=1&new=2").text


@pytest.mark.django_db
def test_sources_and_byline_are_compared_too(as_editor):
    source = {"publisher": "NIDA", "title": "Heroin", "url": "https://nida.nih.gov/a"}
    article = make_article(title="T", sources=[source], byline="Ann Example")
    moved = source | {"url": "https://nida.nih.gov/b"}
    article.save_revision(**{name: getattr(article.live, name) for name in ("title", "summary",
        "body")}, sources=[moved], byline="Ann Example")  # fmt: skip
    page = as_editor.get(change_url(article, "versions", "compare") + "?old=1&new=2").text
    assert "1 change" in page
    assert "<del>https://nida.nih.gov/a</del>" in page


PATH = f"/pictures/{'0123456789abcdef' * 2}/1440x720.webp"
FIGURE = f'<figure><img src="{PATH}" alt="A red path"><figcaption>At dusk</figcaption></figure>'


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (FIGURE.replace("red", "blue"), ["red", "blue"]),
        (FIGURE.replace("/012345", "/abcdef"), ["was:", "Picture (file 01234567)"]),
        (FIGURE.replace("A red path", ""), ["A red path"]),
        (FIGURE.replace("dusk", "dawn"), ["dusk", "dawn"]),
        ("", ["A red path", "At dusk"]),
    ],
)
def test_changed_picture_has_a_mark(after, says):
    assert not marks(FIGURE, FIGURE)
    assert marks(FIGURE, after)
    for words in says:
        assert words in told(FIGURE, after), words


def test_picture_that_is_taken_out_has_a_mark_without_any_words():
    bare = f'<p>a</p><figure><img src="{PATH}" alt=""></figure>'
    assert marks(bare, "<p>a</p>")
    assert marks("<p>a</p>", bare)
