from briefbot.changes import changes_between
from briefbot.generation import DocumentRecord
from briefbot.types import Renamed


def record(digest, *paths, title="Title"):
    return DocumentRecord(paths, digest, title, "", "", 1)


def test_a_first_build_adds_everything():
    changes = changes_between([], [record("1", "a.md"), record("2", "b.md", "c.md")])

    assert changes.added == ("a.md", "b.md", "c.md")
    assert changes.unchanged == 0


def test_nothing_changes_between_a_catalog_and_itself():
    records = [record("1", "a.md", "copy.md")]

    changes = changes_between(records, records)

    assert (changes.added, changes.changed, changes.removed, changes.renamed) == ((), (), (), ())
    assert changes.unchanged == 2


def test_other_content_at_a_path_is_a_change():
    assert changes_between([record("1", "a.md")], [record("2", "a.md")]).changed == ("a.md",)


def test_another_title_is_a_change():
    before, after = [record("1", "a.pdf")], [record("1", "a.pdf", title="Other")]

    assert changes_between(before, after).changed == ("a.pdf",)


def test_a_file_that_moved_is_renamed():
    changes = changes_between([record("1", "a.md")], [record("1", "z.md", title="Z")])

    assert changes.renamed == (Renamed("a.md", "z.md"),)
    assert (changes.added, changes.removed) == ((), ())


def test_copies_are_paired_off_one_by_one():
    changes = changes_between(
        [record("1", "a.md", "b.md", "c.md")], [record("1", "c.md", "x.md", "y.md", "z.md")]
    )

    assert changes.renamed == (Renamed("a.md", "x.md"), Renamed("b.md", "y.md"))
    assert changes.added == ("z.md",)
    assert changes.unchanged == 1


def test_what_went_is_removed():
    changes = changes_between(
        [record("1", "b.md", "a.md"), record("2", "c.md")], [record("2", "c.md")]
    )

    assert changes.removed == ("a.md", "b.md")
