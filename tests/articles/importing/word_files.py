"""Word files with only what a reader needs."""

import io
import zipfile

STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{}</w:styles>'
)


def docx(words, **parts):
    """A Word file with only what a reader needs."""
    namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", types)
        out.writestr("_rels/.rels", relations)
        out.writestr(
            "word/document.xml", f"<w:document {namespace}><w:body>{words}</w:body></w:document>"
        )
        for name, content in parts.items():
            out.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def with_bits_turned(data):
    """The same archive with damage inside of the packed text."""
    at = data.index(b"word/document.xml") + len("word/document.xml") + 4
    return data[:at] + bytes(255 - each for each in data[at : at + 30]) + data[at + 30 :]


def paragraph(text, style="", run=""):
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    look = f"<w:rPr>{run}</w:rPr>" if run else ""
    return f"<w:p>{named}<w:r>{look}<w:t>{text}</w:t></w:r></w:p>"
