"""Writes the table of clips with the view of each, as the table of stills tells it.

    python tools/clips_with_views.py SHARED_DATA/taekwondo OUT.csv

A clip's view is that of the still of the same step and person; a clip whose step has two stills takes the first. The
ready stance at the end of Taegeuk 2 (step T2-19) is seen from the front.
"""

import csv
import pathlib
import sys


def rows(file):
    """The rows of a table."""
    with open(file, encoding="utf-8") as table:
        return list(csv.DictReader(table))


def views(folder):
    """The view of each clip by person and step."""
    known = {("B", "T2-19"): "front"}
    for row in rows(folder / "stills.csv"):
        known.setdefault((row["person"], row["step"].rstrip("ab")), row["view"])
    return known


def main():
    folder, out = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    known = views(folder)
    with open(out, "w", newline="", encoding="utf-8") as target:
        table = csv.writer(target)
        table.writerow(["file", "person", "class", "view", "step"])
        for row in rows(folder / "clips.csv"):
            view = known[row["person"], row["step"]]
            table.writerow([folder / row["file"], row["person"], row["technique"], view, row["step"]])


if __name__ == "__main__":
    main()
