"""How well the built-in models do on real pictures and clips, none of which they have learnt from.

    python tools/zero_shot.py SHARED_DATA [--kihap PROGRAM]

SHARED_DATA holds `taekwondo` (stills, clips and renders with their tables) and `yoga/train`. Stills and clips are taken for one of the basics'
techniques, those that are none of them left out; a clip's technique is what the frames of its last 15 % are given most on the mean. Renders
are tested twice: among all techniques (stances) of the syllabus, and among those that the renders show. A yoga photograph is taken for a technique
where its class is one, withheld or not; and without what is withheld. What went wrong is listed.
"""

import argparse
import csv
import json
import subprocess
from collections import defaultdict
from pathlib import Path

from adapted_clips import clips, tail

NO_TECHNIQUE = {"other", "nobody", "basic_ready_stance"}
# Not among the basic motions.
STRANGE = {"face_punch"}


class Kihap:
    def __init__(self, program):
        self.program = program

    def recognise(self, source, *options):
        """What each picture of a folder, or each frame of a video, shows: by file name, or in order."""
        wanted = [self.program, "recognise", str(source), "--json", *options]
        return json.loads(subprocess.run(wanted, check=True, capture_output=True).stdout)["predictions"]


def table(file):
    with open(file, encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


def by_file(predictions):
    return {Path(told["source"]).name: told for told in predictions}


def say(what, right, all_, wrong):
    print(f"{what}: {right} of {all_}")
    for line in wrong:
        print(f"    {line}")


def compared(what, pairs):
    """Pairs of a name, what is shown and what was told."""
    wrong = [f"{name}: {shown} taken for {told}" for name, shown, told in pairs if shown != told]
    say(what, len(pairs) - len(wrong), len(pairs), wrong)


def stills(kihap, data):
    told = by_file(kihap.recognise(data / "stills"))
    rows = [row for row in table(data / "stills.csv") if row["technique"] not in STRANGE]
    for back in (False, True):
        of = [row for row in rows if (row["view"] == "back") == back]
        pairs = [(Path(r["file"]).name, r["technique"], told[Path(r["file"]).name]["label"]) for r in of]
        compared("stills from behind" if back else "stills, not from behind", pairs)


def renders(kihap, data):
    rows = [row for row in table(data / "renders.csv") if row["technique"]]
    # Ready postures, of the hands as well.
    postures = {"attention_stance", "basic_ready_stance"}
    stances = [row for row in rows if row["technique"].endswith("_stance") and row["technique"] not in postures]
    courses = {"poomsae": [row for row in rows if row not in stances], "stances": stances}
    for among in (False, True):
        for course, of in courses.items():
            options = ["--classes", ",".join(sorted({r["technique"] for r in of}))] if among else []
            told = by_file(kihap.recognise(data / "renders", "--course", course, *options))
            pairs = [(Path(r["file"]).name, r["technique"], told[Path(r["file"]).name]["label"]) for r in of]
            compared(f"renders, {course}, among {'those shown' if among else 'all'}", pairs)


def filmed(kihap, data):
    pairs = defaultdict(list)
    for clip in clips(data):
        if clip["technique"] in STRANGE:
            continue
        frames = kihap.recognise(clip["file"])
        sums = defaultdict(float)
        for number in tail(len(frames)):
            for label, probability in frames[number]["probabilities"].items():
                sums[label] += probability
        told = max(sums, key=sums.get)
        pairs[clip["view"] == "back"].append((f"{clip['person']} {clip['step']}", clip["technique"], told))
    compared("clips, not from behind", pairs[False])
    compared("clips from behind", pairs[True])


def yoga(kihap, data):
    told = kihap.recognise(data)
    taken = [t for t in told if t["label"] not in NO_TECHNIQUE]
    sure = [t for t in taken if not t["abstained"]]
    say("yoga photographs taken for a technique", len(taken), len(told), [])
    say("the same without what is withheld", len(sure), len(told), [])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kihap", default="kihap")
    options = parser.parse_args()
    kihap, data = Kihap(options.kihap), options.data.resolve()
    stills(kihap, data / "taekwondo")
    renders(kihap, data / "taekwondo")
    filmed(kihap, data / "taekwondo")
    yoga(kihap, data / "yoga/train")


if __name__ == "__main__":
    main()
