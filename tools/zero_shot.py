"""How well the built-in models do on real pictures and clips, none of which they have learnt from.

    python tools/zero_shot.py SHARED_DATA [--kihap PROGRAM]

SHARED_DATA holds `taekwondo` (stills, clips and renders with their tables) and `yoga/train`. Stills and clips are taken for one of the basics'
techniques, those that are none of them left out; a clip's technique is what the frames of its last 15 % are given most on the mean. Renders
are tested twice: among all techniques (stances) of the syllabus, and among those that the renders show. A yoga photograph is taken for a technique
where its class is one, withheld or not; and without what is withheld. What went wrong is listed.
"""

import argparse
import json
import subprocess
from collections import defaultdict
from pathlib import Path

from adapted_clips import clips, shown_at_end
from clips_with_views import rows

NO_TECHNIQUE = {"other", "nobody", "basic_ready_stance"}
# Not among the basic motions.
STRANGE = {"face_punch"}


def say(what, right, all_, wrong):
    print(f"{what}: {right} of {all_}")
    for line in wrong:
        print(f"    {line}")


def compared(what, pairs):
    """Pairs of a name, what is shown and what was told."""
    wrong = [f"{name}: {shown} taken for {told}" for name, shown, told in pairs if shown != told]
    say(what, len(pairs) - len(wrong), len(pairs), wrong)


def pictures(what, of, predictions):
    """Rows of a table and what was told of a folder's pictures."""
    told = {Path(told["source"]).name: told["label"] for told in predictions}
    names = [Path(row["file"]).name for row in of]
    compared(what, [(name, row["technique"], told[name]) for name, row in zip(names, of)])


def stills(recognise, data):
    told = recognise(data / "stills")
    known = [row for row in rows(data / "stills.csv") if row["technique"] not in STRANGE]
    for back in (False, True):
        of = [row for row in known if (row["view"] == "back") == back]
        pictures("stills from behind" if back else "stills, not from behind", of, told)


def renders(recognise, data):
    known = [row for row in rows(data / "renders.csv") if row["technique"]]
    # Ready postures, of the hands as well.
    postures = {"attention_stance", "basic_ready_stance"}
    stances = [row for row in known if row["technique"].endswith("_stance") and row["technique"] not in postures]
    courses = {"poomsae": [row for row in known if row not in stances], "stances": stances}
    for among in (False, True):
        for course, of in courses.items():
            options = ["--classes", ",".join(sorted({r["technique"] for r in of}))] if among else []
            told = recognise(data / "renders", "--course", course, *options)
            pictures(f"renders, {course}, among {'those shown' if among else 'all'}", of, told)


def filmed(recognise, data):
    pairs = defaultdict(list)
    for clip in clips(data):
        if clip["technique"] in STRANGE:
            continue
        told = shown_at_end(recognise(clip["file"]))
        pairs[clip["view"] == "back"].append((f"{clip['person']} {clip['step']}", clip["technique"], told))
    compared("clips, not from behind", pairs[False])
    compared("clips from behind", pairs[True])


def yoga(recognise, data):
    told = recognise(data)
    taken = [t for t in told if t["label"] not in NO_TECHNIQUE]
    sure = [t for t in taken if not t["abstained"]]
    say("yoga photographs taken for a technique", len(taken), len(told), [])
    say("the same without what is withheld", len(sure), len(told), [])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kihap", default="kihap")
    options = parser.parse_args()
    data = options.data.resolve()

    def recognise(source, *more):
        """What each picture of a folder, or each frame of a video in order, shows."""
        wanted = [options.kihap, "recognise", str(source), "--json", *more]
        return json.loads(subprocess.run(wanted, check=True, capture_output=True).stdout)["predictions"]

    stills(recognise, data / "taekwondo")
    renders(recognise, data / "taekwondo")
    filmed(recognise, data / "taekwondo")
    yoga(recognise, data / "yoga/train")


if __name__ == "__main__":
    main()
