"""docs/specification.md against the sources: every warning code is in its table, and links in docs/ lead somewhere."""

import re

from project import PROJECT

SPECIFICATION = (PROJECT / "docs/specification.md").read_text()


def anchors(text):
    """GitHub's: lower case, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_table_of_warnings_has_every_code_of_the_sources_in_order():
    used = set()
    for file in (PROJECT / "Sources").rglob("*.swift"):
        used |= set(re.findall(r'\b(?:(?:warn|Warning)\(\s*|namedLikeNo: "[a-z]+", )"([a-z][a-z-]+)"', file.read_text()))
    table = SPECIFICATION.split("\n## Warnings\n")[1]
    listed = re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)
    assert len(used) > 50
    assert listed == sorted(used)


def test_links_between_documents_lead_to_a_file_and_a_heading():
    count = 0
    for file in [PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]:
        text = file.read_text()
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" in target:
                continue
            path, _, anchor = target.partition("#")
            linked = file.parent / path if path else file
            assert linked.exists(), f"{file}: {target}"
            if anchor:
                assert anchor in anchors(linked.read_text()), f"{file}: {target}"
            count += 1
    assert count > 30
