"""The list of what the site is built of names each locked package, its hashes and its licence."""

from deploy.sbom import bill_of_materials
from tests.test_requirements import pins


def test_every_locked_package_has_its_version_hashes_and_licence():
    bill = bill_of_materials()
    found = {each["name"]: each for each in bill["components"]}
    assert {name: each["version"] for name, each in found.items()} == pins("requirements.lock")
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    for each in found.values():
        (reference,) = each["externalReferences"]
        assert reference["hashes"], each["name"]
        assert each["purl"].endswith(f"@{each['version']}")
    without = {name for name, each in found.items() if "licenses" not in each}
    # Packages of other systems are locked too, and not installed here.
    assert without <= {"colorama", "tzdata", "pywin32"}, without
    expressions = [each["licenses"] for each in found.values() if "licenses" in each]
    assert all(len(part) == 1 or "expression" not in part[0] for part in expressions)
