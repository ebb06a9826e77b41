import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "reliability.py"


def draw(folder, rows):
    lines = [dict(zip(("probability", "answerable", "source"), row, strict=True)) for row in rows]
    (folder / "p.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    told = subprocess.run(
        [sys.executable, SCRIPT, folder / "p.jsonl", folder / "p.svg"],
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout, ElementTree.fromstring((folder / "p.svg").read_text("utf-8"))


def test_each_range_of_probabilities_gets_a_point_at_the_share_that_was_true(tmp_path):
    rows = [(0.05, False, "a")] * 9 + [(0.05, True, "a")] + [(0.95, True, "a")] * 9
    rows += [(0.95, False, "a")]

    told, picture = draw(tmp_path, rows)

    assert "said 0.05  true 0.10" in told
    assert "said 0.95  true 0.90" in told
    assert "expected calibration error 5.0" in told
    points = picture.findall(".//{http://www.w3.org/2000/svg}circle")
    assert [float(point.get("cy")) for point in points] == pytest.approx([290, 50])


def test_a_small_source_weighs_as_much_as_a_large_one(tmp_path):
    large = [(0.55, True, "large")] * 30 + [(0.15, False, "large")] * 30
    small = [(0.15, True, "small"), (0.55, False, "small")]

    told, _ = draw(tmp_path, [*large, *small])

    assert "said 0.55  true 0.50" in told
