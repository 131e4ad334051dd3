"""What shows at one width alone is looked at, too."""

import pytest

from .accessibility import violations, violations_at
from .conftest import DESK, PHONE

PAGE = """<!doctype html><html lang="en"><title>Made-up page</title><style>
p {{ background: #fff; color: #111 }} a {{ color: #006 }}
@media (min-width: 1000px) {{ {} }} @media (max-width: 999px) {{ {} }}
</style><main><h1>Made up</h1><p class="words">Words <a href="/x"><span>of a link</span></a></p>
<div class="wide"><p>For wide screens <img src="data:,"></p></div></main>"""


@pytest.mark.parametrize(
    ("wide", "narrow", "fault"),
    [
        (".words { color: #ccc }", "", "color-contrast"),
        (".words span { display: none }", "", "link-name"),
        ("", ".wide { display: none }", "image-alt"),
    ],
)
def test_fault_that_shows_at_the_other_width_alone_is_found(chromium, axe, wide, narrow, fault):
    page = chromium.new_page(viewport=PHONE)
    page.set_content(PAGE.format(wide, narrow))
    before = violations(axe, page)
    after = violations_at(axe, page, DESK)
    page.close()
    assert not [each for each in before if fault in each]
    assert [each for each in after if fault in each]
