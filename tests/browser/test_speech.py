"""What a screen reader says of the pages on which a visitor asks for help, in its order."""

from .speech import speech
from .test_visitor import fill, reference_on, send

FORM = """
heading Ask for a call, level 1
group Who is this about?
radio Myself, checked
radio Someone I care about, not checked
textbox Your name, required, Any name you like.
textbox Your phone number, required, With area code.
group If someone else answers, may we say who we are?
radio No, checked
radio Yes, not checked
combobox May we leave a voicemail?, collapsed, Think about who else listens to it.
DisclosureTriangle More, if you like Best time, language, a message, collapsed
Not for emergencies.
link 911
link call 988
link text 988
heading What happens next, level 2
list
You get a short reference as soon as your request is safely kept.
"""
ERRORS = """
heading Ask for a call, level 1
alert
heading Please check this first, level 2
list
link Your name: Enter a name we may ask for.
link Your phone number: Enter the number we should call.
textbox Your name, required, invalid, Any name you like. Enter a name we may ask for.
textbox Your phone number, required, invalid, With area code. Enter the number we should call.
"""
THANKS = """
heading Thank you, level 1
Your request is with us, safely kept under this reference:
{reference}
We call the number that ends in
0123, extension 4
link Change the time or cancel
heading When your phone rings, level 2
heading What happens next, level 2
link Call 888-281-0805
heading If it gets worse, don’t wait for our call, level 2
link 911
link call 988
"""
QUESTIONS = """
navigation Breadcrumb
heading Questions: Withdrawal and safety, level 1
button Open all answers
DisclosureTriangle What are the signs of an overdose, and what do I do?, expanded
link Call 911
list
Give naloxone (Narcan).
DisclosureTriangle How do I give rescue breaths and CPR in an overdose?, collapsed
DisclosureTriangle What is naloxone, and where do I get it?, collapsed
"""


def assert_said(page, expected):
    """Each line is said, after the one before; others may be said between."""
    said = speech(page)
    rest = iter(said)
    missing = [line for line in expected.strip().splitlines() if line not in rest]
    assert not missing, "\n".join(said)


def test_form_its_errors_and_the_thanks_say_what_is_seen(open_page):
    page = open_page("/contact/")
    assert_said(page, FORM)
    fill(page, " ", " ")
    send(page)
    page.wait_for_selector("[data-error-summary]")
    assert_said(page, ERRORS)
    fill(page)
    send(page)
    reference = reference_on(page)
    assert_said(page, THANKS.format(reference=reference))


def test_questions_say_which_answer_is_open(open_page):
    page = open_page("/faq/topics/withdrawal-and-safety/")
    assert_said(page, QUESTIONS)
    page.get_by_role("heading", name="What is naloxone, and where do I get it?").click()
    opened = QUESTIONS.replace("do I get it?, collapsed", "do I get it?, expanded, focused")
    assert_said(page, opened)
