import pytest

from articles.text import readability
from articles.wording import advice as language_checks
from articles.wording.terms import shipped_wording

PLAIN = "You can call us. We will call you back. It is up to you. " * 10
HARD = (
    "Pharmacological interventions demonstrating considerable efficacy necessitate "
    "comprehensive interdisciplinary collaboration notwithstanding institutional limitations. "
) * 12


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("He is an addict.", "person with a substance use disorder"),
        ("a former addict", "person in recovery"),
        ("an addicted baby", "neonatal"),
        ("drug users", "person who uses drugs"),
        ("An ALCOHOLIC", "alcohol use disorder"),
        ("his heroin habit", "substance use disorder"),
        ("drug abuse", "misuse"),
        ("She got clean.", "in recovery"),
        ("a dirty test", "negative or positive"),
        ("Medication-assisted treatment works", "MOUD"),
        ("We offer MAT here", "MOUD"),
        ("100% confidential", "say what you do"),
        ("HIPAA compliant", "records"),
        ("We guarantee recovery", "usually happens"),
        ("our success rate", "who was studied"),
        ("It works in 95% effective cases", "who was studied"),
    ],
)
def test_word_is_flagged_with_something_better(text, better):
    (advice,) = language_checks.terms_to_avoid(text, shipped_wording())
    assert better in advice.text


@pytest.mark.parametrize(
    "text",
    [
        "Why is heroin so addictive? Addiction is a condition.",
        "Narcotics Anonymous and Alcoholics Anonymous meet here.",
        "The National Institute on Drug Abuse says so.",
        "Substance Abuse and Mental Health Services Administration",
        "He said, “I am an addict.”",
        'She said, "I got clean last year."',
        "Clean the wound. Keep a clean towel.",
        "Put it on the mat.",
        "A non-user-friendly form",
        "The inhabitants and the habitat",
    ],
)
def test_word_in_its_place_is_left_alone(text):
    assert language_checks.terms_to_avoid(text, shipped_wording()) == []


def test_each_word_is_named_once():
    assert (
        len(
            language_checks.terms_to_avoid(
                "An addict, an addict, an Addict and a junkie.", shipped_wording()
            )
        )
        == 2
    )


@pytest.mark.django_db
def test_quotation_is_left_alone_and_a_callout_is_not():
    assert not language_checks.advise("T", "", "<blockquote><p>I was a junkie.</p></blockquote>")
    assert language_checks.advise(
        "T", "", '<blockquote class="callout"><p>A junkie.</p></blockquote>'
    )
    assert language_checks.advise("For the addict", "", "")


def test_hard_text_is_named_with_its_grade():
    assert language_checks.hard_to_read(PLAIN) == []
    (advice,) = language_checks.hard_to_read(HARD)
    assert "grade" in advice.text


def test_the_three_hardest_sentences_are_named_the_hardest_first():
    harder = "Notwithstanding institutional limitations, interdisciplinary collaboration matters."
    hard = "Our interdisciplinary collaboration matters to us."
    body = f"<p>{PLAIN}</p><ul><li>Pharmacology</li></ul><p>{hard}</p><p>{harder}</p>"
    found = readability.hardest_sentences(language_checks.readable_text("", body), 3)
    assert found == [harder.rstrip("."), hard.rstrip("."), "We will call you back"]
    (advice,) = language_checks.hard_to_read(HARD + hard)
    assert advice.also == (hard.rstrip("."),)


def test_short_text_has_no_grade():
    assert readability.grade("Pharmacological interventions.") is None
    assert readability.grade("") is None


def test_grade_follows_the_published_formula():
    # 100 words in 10 sentences, one syllable each: 0.39 * 10 + 11.8 * 1 - 15.59
    assert readability.grade("We can go to the sea by car at noon. " * 10) == pytest.approx(0.11)


PROSE = "<p>We will call you back at a time that is good for you. It is up to you.</p>" * 8


@pytest.mark.parametrize(
    "beside",
    [
        "<h2>Our pharmacological approach</h2>",
        "<h3>Interdisciplinary rehabilitation: what does it necessitate?</h3>",
        "<ul><li>Slow breathing</li><li>blue lips</li><li>tiny pupils</li></ul>",
        "<table><tr><td>Methadone</td><td>4 mg</td></tr></table>",
    ],
)
def test_headings_bullets_and_cells_do_not_change_the_grade(beside):
    def grade(body):
        return readability.grade(language_checks.readable_text("", body))

    assert grade(PROSE + beside * 10) == grade(PROSE)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Dr. Ruth Roe and Mrs. Vale will see you.", 1),
        ("We open at 8 a.m. by bus. Come in!", 2),
        ("The U.S. Food and Drug Administration (in brackets) says so.", 1),
        ("He has hepatitis C. We can treat it. Call us.", 3),
        ("Take 4.5 mg… then wait. “Is it safe?” Yes.", 3),
        ("Slow or no breathing\nBlue lips", 0),
        ("You can stop this medicine slowly\nYou can go on with it\nYou can ask us", 2),
        ("!" * 100_000 + "a" + ". " * 5000 + "." * 100_000, 1),
    ],
)
def test_sentences_are_told_from_titles_hours_and_bullets(line, found):
    assert len(readability.graded_sentences(line)) == found


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("heroin", 3), ("opioid", 3), ("naloxone", 3), ("overdose", 3), ("used", 1), ("places", 2),
        ("wanted", 2), ("table", 2), ("safely", 2), ("medicine", 3), ("addiction", 3), ("the", 1),
        ("anxiety", 4), ("science", 2), ("don't", 1),
    ],
)  # fmt: skip
def test_syllables(word, count):
    assert readability.syllables(word) == count


def test_heading_without_one_above_is_named():
    assert language_checks.skipped_headings("<h2>One</h2><h3>Two</h3>") == []
    assert language_checks.skipped_headings("<p>x</p>") == []
    (advice,) = language_checks.skipped_headings("<h3>Too <em>deep</em></h3><h2>One</h2>")
    assert "“Too deep” is a heading 3, but no heading 2" in advice.text
    (advice,) = language_checks.skipped_headings("<h2>One</h2><h4>Two</h4><h3>Three</h3>")
    assert "“Two” is a heading 4, but no heading 3" in advice.text


@pytest.mark.django_db
def test_table_without_a_header_row_is_named():
    table = "<table><tbody><tr>{}</tr></tbody></table>"
    bare = table.format("<td>Drug</td><td>Dose</td>")
    headed = table.format("<th>Drug</th><td>Dose</td>")
    assert language_checks.advise("T", "", headed) == []
    (advice,) = language_checks.advise("T", "", headed + bare + "<p>x</p>")
    assert advice.text.startswith("A table without a header row: “Drug Dose”")
    in_head = "<table><thead><tr><td>x</td></tr></thead></table>"
    assert len(language_checks.advise("T", "", bare + in_head)) == 2
