"""Places go out as a file and come in as one: looked at first, and never half."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from contact.intake.reports.csv_export import csv_lines, escape_formulas, unescape_formulas
from contact.models import Place
from contact.records.directory.language_codes import in_codes, in_words
from contact.staff_admin.place_files.columns import all_rows
from contact.staff_admin.place_files.planned_import import plan_import
from contact.staff_admin.place_files.sheet import MAX_BYTES
from tests.contact.pages import said, text
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
LIST = "/admin/contact/place/"
URL = f"{LIST}import/"
HEAD = "name,number,assured_date"


def make_place(**over):
    given = {
        "name": "Example Shelter",
        "what_for": "Beds for one night\r\n- no papers needed",
        "area": "Tucson",
        "languages": "English, Spanish",
        "phone": "602-555-0190 ext. 12",
        "dial": "+16025550190",
        "url": "https://shelter.example/",
        "verified_on": date(2026, 1, 5),
    }
    return Place.objects.create(**given | over)


def exported():
    return "".join(csv_lines(all_rows(Place.objects.all()), notice="")).encode()


def only_row(*lines):
    (row,) = plan_import("\n".join(lines).encode()).rows
    return row


def upload(client, content):
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(URL, {"file": SimpleUploadedFile("places.csv", data)})


@pytest.fixture
def lead(client):
    client.force_login(make_staff("Intake leads"))
    return client


# Who may


@pytest.mark.parametrize(
    ("group", "export", "bring_in"),
    [
        ("Intake leads", 200, 200),
        ("Intake", 200, 403),
        ("Editors", 403, 403),
        ("Medical reviewers", 403, 403),
        ("Privacy officers", 403, 403),
    ],
)
def test_who_sees_places_exports_them_and_leads_import(client, group, export, bring_in):
    client.force_login(make_staff(group))
    assert client.get(f"{LIST}export/").status_code == export
    assert client.get(URL).status_code == bring_in
    assert upload(client, f"{HEAD}\nA,,").status_code == bring_in
    assert client.post(URL, {"seen": "x"}).status_code == (302 if bring_in == 200 else 403)
    page = text(client.get(LIST))
    assert (f'href="{LIST}export/"' in page, f'href="{URL}"' in page) == (
        export == 200,
        bring_in == 200,
    )


# There and back


def test_an_export_that_is_imported_changes_nothing(lead):
    make_place()
    make_place(name="=HYPERLINK(1)", phone="+1 602 555 0191", dial="", what_for="'=x;=y")
    make_place(name="-Sober house", phone="1-800-555-0199", dial="+19285550100", languages="es")
    make_place(name="Ask; for, “Ann”", phone="988", dial="988", verified_on=None)
    make_place(name="Bare", phone="", dial="", url="", area="", languages="sign, by phone")
    make_place(name="Retired", phone="call us", dial="+16025550177", is_active=False)
    data = b"".join(lead.get(f"{LIST}export/").streaming_content)
    assert data == exported()
    assert b"42 CFR" not in data
    plan = plan_import(data)
    assert [row.outcome for row in plan.rows] == ["same"] * 6
    assert plan.notes == []
    page = text(upload(lead, data))
    assert "There is nothing to import." in page
    # Without ids, as Excel for Windows saves it again.
    cells = [row[1:] for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    again = io.StringIO()
    csv.writer(again, delimiter=";").writerows(cells)
    plan = plan_import(again.getvalue().encode("cp1252"))
    assert [row.outcome for row in plan.rows] == ["same"] * 6


def test_an_export_says_each_thing_under_its_standard_name():
    place = make_place(languages="English, español, Navajo, by phone")
    head, row = exported().decode("utf-8-sig").split("\r\n", 1)
    assert head == (
        '"id","name","description","url","status","assured_date","number","extension",'
        '"languages","service_area"'
    )
    assert row.startswith(f'"{place.identifier}","Example Shelter",')
    assert '"active","2026-01-05","602-555-0190","12","en, es, nv, by phone","Tucson"' in row


def test_another_site_takes_an_export_whole():
    before = make_place()
    data = exported()
    Place.objects.all().delete()
    row = plan_import(data).rows[0]
    assert row.outcome == "added"
    for field in ("identifier", "name", "area", "languages", "phone", "dial", "url", "verified_on"):
        assert getattr(row.place, field) == getattr(before, field)
    assert row.place.what_for == "Beds for one night\n- no papers needed"


@pytest.mark.parametrize(
    "written", ["=1", "  +1", "a;=b", "a\n-b", "\t=1", "\nx", "1=2", "plain", "a; \u200b@b"]
)
def test_only_the_apostrophe_that_an_export_added_is_taken_away(written):
    assert unescape_formulas(escape_formulas(written)) == written
    for own in ("'tis", "''=1", "O'odham; 'here"):
        assert unescape_formulas(own) == own


# Two steps


def test_nothing_is_written_before_somebody_saw_it(lead):
    place = make_place()
    data = (
        f"id,{HEAD}\n{place.identifier},Example Shelter,602-555-0191,2026-02-03\n"
        ",Made-up House,(520) 555-0102,\n,Made-up Clinic,1234,\n"
    )
    page = upload(lead, data)
    shown = " ".join(text(page).split())
    assert "Row 2: Example Shelter (known by its id)" in shown
    assert "602-555-0190 ext. 12</del>" in shown
    assert "Jan. 5, 2026</del>" in shown
    assert "Row 3: Made-up House" in shown
    assert "Row 4: Made-up Clinic" in shown
    assert "number: This is not a phone number." in shown
    assert 'value="Import these 2"' in shown
    assert Place.objects.count() == 1
    assert Place.objects.get().phone == place.phone
    done = lead.post(URL, {"seen": page.context["seen"]}, follow=True)
    assert "2 places were imported." in said(done)
    place.refresh_from_db()
    assert (place.phone, place.dial) == ("602-555-0191", "+16025550191")
    assert place.verified_on == date(2026, 2, 3)
    assert place.what_for
    house = Place.objects.get(name="Made-up House")
    assert (house.dial, house.verified_on, house.is_active) == ("+15205550102", None, True)
    assert {(e.object_repr, e.action_flag, e.change_message) for e in LogEntry.objects.all()} == {
        ("Made-up House", 1, "Imported from a file."),
        (
            "Example Shelter",
            2,
            "Imported from a file. Changed: Verified on, Number as shown, Number to dial.",
        ),
    }
    # Sent twice, nothing comes twice.
    again = lead.post(URL, {"seen": page.context["seen"]})
    assert said(again)[0].startswith("Nothing was imported: somebody changed the places")
    assert Place.objects.count() == 2


def test_what_changed_after_the_look_is_shown_again(lead):
    place = make_place()
    page = upload(lead, f"id,service_area\n{place.identifier},Phoenix")
    Place.objects.update(area="Mesa")
    again = lead.post(URL, {"seen": page.context["seen"]})
    assert said(again)[0].startswith("Nothing was imported: somebody changed the places")
    assert "Mesa</del>" in text(again)
    assert Place.objects.get().area == "Mesa"
    lead.post(URL, {"seen": again.context["seen"]})
    assert Place.objects.get().area == "Phoenix"


@pytest.mark.parametrize("seen", ["", "x", "x:y:z"])
def test_words_that_nobody_signed_import_nothing(lead, seen):
    done = lead.post(URL, {"seen": seen}, follow=True)
    assert said(done) == ["The file did not come back whole. Choose it again."]


def test_a_file_of_many_rows_takes_few_queries(lead, django_assert_max_num_queries):
    data = f"{HEAD}\n" + "".join(f"House {n},602-555-01{n % 100:02},\n" for n in range(40))
    with django_assert_max_num_queries(1):
        plan_import(data.encode())
    page = upload(lead, data)
    with django_assert_max_num_queries(30):
        lead.post(URL, {"seen": page.context["seen"]})
    assert Place.objects.count() == LogEntry.objects.count() == 40


# Which place a row means


def test_a_row_without_id_is_known_by_name_and_number():
    make_place()
    row = only_row("name,number,service_area", "example shelter,+1 602 555 0190 x12,Mesa")
    assert (row.outcome, row.found_by) == ("changed", "known by its name and number")
    row = only_row("name,service_area", "Example Shelter,Mesa")
    assert (row.outcome, row.found_by) == ("changed", "known by its name")


def test_a_place_of_one_name_with_another_number_is_asked_about():
    make_place()
    row = only_row(HEAD, "Example Shelter,602-555-0177,2026-01-01")
    assert row.outcome == "refused"
    assert row.problems[0].startswith("There is a place of this name with another number.")


def test_two_rows_for_one_place_are_not_both_taken():
    place = make_place()
    other = make_place(name="Other")
    data = (
        f"id,name\n{place.identifier},New name\n{place.identifier},Newer name\n"
        f"{other.identifier},Example Shelter\n,New house\n,new HOUSE\n"
    )
    rows = plan_import(data.encode()).rows
    assert [row.outcome for row in rows] == ["changed", "refused", "refused", "added", "refused"]
    assert rows[1].problems == ["It is the same place as row 2."]
    assert rows[2].problems == ["Another place has this name."]
    assert rows[4].problems == ["It is the same place as row 5."]


def test_the_id_of_another_directory_is_kept():
    own = "7b1f6f3a-0d1c-4c52-9a59-2d6a2a2f4a10"
    row = only_row("id,name", f"{own},Made-up House")
    assert (row.outcome, str(row.place.identifier)) == ("added", own)


# Verified


def test_a_new_number_is_not_verified_by_the_day_of_the_old_one():
    place = make_place()
    row = only_row("id,number", f"{place.identifier},602-555-0177")
    assert row.place.verified_on is None
    assert row.remarks == ["The file does not say when the new number was verified."]
    assert ("Verified on", "Jan. 5, 2026", "(empty)") in row.changes
    row = only_row("id,number,assured_date", f"{place.identifier},602-555-0177,2026-01-05")
    assert row.place.verified_on == date(2026, 1, 5)


def test_tomorrow_is_refused_and_today_is_not():
    today = timezone.localdate()
    row = only_row("name,assured_date", f"A,{today + timedelta(days=1)}")
    assert row.problems == [f"assured_date: “{today + timedelta(days=1)}” is in the future."]
    row = only_row("name,last_verified", f"A,{today}T00:00:00Z")
    assert row.place.verified_on == today


# What people write


@pytest.mark.parametrize(
    ("heading", "cell", "problem"),
    [
        ("id", "17", "id: “17” is not a UUID."),
        ("number", "555-0190", "number: The area code is missing."),
        ("number", "602-555-0190 or 602-555-0191", "number: There are two numbers here"),
        ("number", "=HYPERLINK(1)", "number: It begins with =, like a formula"),
        ("description", "=1+1", "description: It begins with ="),
        ("description", "x" * 1001, "description: Ensure this value has at most 1000 characters"),
        ("assured_date", "13/13/2026", "assured_date: “13/13/2026” is not a day that we can read"),
        ("assured_date", "11/2/26", "assured_date: “11/2/26” is not a day"),
        ("languages", "en; xx", "languages: “xx” is no language code that we know."),
        ("status", "open", "status: “open” is not one of these: active, inactive, defunct"),
        ("url", "javascript:alert(1)", "url: Enter a valid URL."),
        ("service_area", "x" * 201, "service_area: Ensure this value has at most 200 characters"),
    ],
)
def test_a_bad_cell_is_explained(heading, cell, problem):
    row = only_row(f"name,{heading}", f'A,"{cell}"')
    assert row.outcome == "refused"
    assert row.number == 2
    assert row.problems[0].startswith(problem)


def test_a_row_without_name_or_with_too_many_cells_is_explained():
    assert only_row("name,url", ",https://example.org").problems == [
        "name: This field cannot be blank."
    ]
    assert only_row("name,url", "A,,x").problems == ["It has more cells than there are columns."]


def test_cells_are_read_as_people_write_them():
    row = only_row(
        "Name;Phone Number;Extension;Languages;Website;Verified on;Status",
        "Casa;'+16025550190;7;es-MX|eng;example.org;2/3/2026;Temporarily closed",
    )
    place = row.place
    assert row.outcome == "added"
    assert (place.phone, place.dial) == ("(602) 555-0190 ext. 7", "+16025550190")
    assert (place.languages, place.url) == ("Spanish, English", "https://example.org")
    assert (place.verified_on, place.is_active) == (date(2026, 2, 3), False)


def test_an_extension_among_words_is_shown_once():
    place = only_row("name,phone number", "Casa,602-555-0190 option 3").place
    assert (place.phone, place.dial) == ("(602) 555-0190 ext. 3", "+16025550190")


def test_languages_are_known_by_code_and_name():
    assert in_words("EN, spa; Diné / ase|by phone") == (
        "English, Spanish, Navajo, American Sign Language, by phone"
    )
    assert in_codes("English, español, zh-Hant, so-so") == "en, es, zh, so-so"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_read_however_it_was_saved(encoding, separator):
    lines = (("name", "service_area"), ("Casa Peñasco’s", "Nogales"), ("", ""), ("B", ""))
    content = "\r\n".join(separator.join(cells) for cells in lines).encode(encoding)
    plan = plan_import(content)
    assert [(row.number, row.name) for row in plan.rows] == [(2, "Casa Peñasco’s"), (4, "B")]
    assert any("Look at letters with accents" in note for note in plan.notes) == (
        encoding == "cp1252"
    )


@pytest.mark.parametrize(
    ("content", "said_of_it"),
    [
        (b" \n", "The file is empty."),
        (b"name,number\r\n", "The file has a row of headings, and nothing below it."),
        (b"a,b\n1,2\n", "The first row has to name the columns, and name or id among them."),
        (b"name,phone,number\nA,1,2\n", "The column number stands there twice."),
        (b"PK\x03\x04rest", "This is a workbook. Save it in the spreadsheet as “CSV UTF-8”."),
        (b"name\n\x81\x8d", "The letters of this file can’t be read. Save it as “CSV UTF-8”."),
        (b"name\n\x00", "The letters of this file can’t be read. Save it as “CSV UTF-8”."),
        (b'name\nA\n"B\n', "Row 3 can’t be read: a quotation mark is not closed"),
        (b"name\n" + b"A\n" * 2001, "The file has more than 2000 rows. Split it."),
        (b"x" * MAX_BYTES, "Row 1 can’t be read"),
        (b"x" * (MAX_BYTES + 1), "The file is larger than 1024 KB. Split it."),
    ],
)
def test_a_file_that_can_not_be_read_is_explained(lead, content, said_of_it):
    page = upload(lead, content)
    assert page.status_code == 200
    assert said_of_it in text(page)
    assert not Place.objects.exists()


def test_unknown_columns_are_named_and_ignored():
    plan = plan_import(b"name,latitude,extension\nA,32,5\n")
    assert plan.notes[0] == "These columns are ignored: latitude, extension."
    assert plan.rows[0].outcome == "added"


# By command


def test_commands_write_and_read_the_same_file(tmp_path, capsys):
    make_place()
    file = tmp_path / "places.csv"
    call_command("export_places", file)
    assert file.read_bytes() == exported()
    Place.objects.update(area="Mesa")
    call_command("import_places", file, dry_run=True)
    said_of_it = capsys.readouterr().out
    assert "Row 2: Example Shelter (known by its id): changed\n  Area: Mesa -> Tucson" in said_of_it
    with pytest.raises(CommandError, match="Say with --account"):
        call_command("import_places", file)
    assert Place.objects.get().area == "Mesa"
    account = make_staff("Intake leads")
    call_command("import_places", file, account=account.username)
    assert Place.objects.get().area == "Tucson"
    assert LogEntry.objects.get().user == account


def test_the_command_imports_nothing_when_a_row_is_refused(tmp_path):
    file = tmp_path / "places.csv"
    file.write_text("name,number\nA,602-555-0190\nB,12\n")
    account = make_staff("Intake leads")
    with pytest.raises(CommandError, match="Nothing was imported, because 1 rows are refused"):
        call_command("import_places", file, account=account.username)
    assert not Place.objects.exists()
