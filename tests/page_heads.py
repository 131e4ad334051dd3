"""What stands in the head of a page, for machines."""

import re


def head(page):
    """The title and the named `meta` of the text of a page."""
    text = page.partition("</head>")[0]
    named = dict(re.findall(r'<meta (?:name|property)="([\w:]+)" content="([^"]*)"', text))
    return {"title": re.search("<title>(.*?)</title>", text, re.DOTALL)[1]} | named
