"""How well a built-in model does on a person's clips once it knows a few frames of the other person.

    python tools/adapted_clips.py SHARED_DATA [--kihap PROGRAM] [--frames 5] [--plain] [--from builtin:basics] [-- MORE OPTIONS OF TRAIN]

SHARED_DATA holds `taekwondo/clips.csv`, `taekwondo/stills.csv` and the clips. Of each class of the techniques that both A and B show, so
many frames of the last 15 % of one person's clips are learnt from, spread evenly over them; the other person's clips are tested, those from
behind left out. A clip's technique is the one that the frames of its last 15 % give most on the mean. Classes have sides, as the form
prescribes them (`low_block_left`), or none with --plain; what is tested is the technique alone. With `--from none` nothing is started from.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path

from clips_with_views import rows, views

TAIL = 0.15
FORMS = {"A": "taegeuk_1", "B": "taegeuk_2"}
SYLLABUS = Path(__file__).resolve().parent.parent / "syllabus"


def clips(data):
    """The clips of both persons: file, person, technique shown at the end, its side, view."""
    known, sides = views(data), {}
    for person, form in FORMS.items():
        text = tomllib.loads((SYLLABUS / f"poomsae/{form}.toml").read_text(encoding="utf-8"))
        for step in text["step"]:
            sides[person, step["number"]] = step["technique"][-1]["side"]
    for row in rows(data / "clips.csv"):
        person, number = row["person"], int(row["step"].split("-")[1])
        yield {
            "file": str(data / row["file"]),
            "person": person,
            "technique": row["technique"].split("+")[-1],
            "side": sides.get((person, number), "none"),
            "view": known[person, row["step"]],
            "step": row["step"],
            "frames": int(row["frames"]),
        }


def tail(count):
    """Numbers of a clip's last frames."""
    return range(count - max(1, round(count * TAIL)), count)


def shown_at_end(predictions):
    """The technique that a clip's last frames are given most on the mean, whatever the side."""
    sums = defaultdict(float)
    for frame in tail(len(predictions)):
        for label, probability in predictions[frame]["probabilities"].items():
            sums[label.removesuffix("_left").removesuffix("_right")] += probability
    return max(sums, key=sums.get)


def spread(items, count):
    """So many of the items, evenly."""
    if len(items) <= count:
        return items
    return [items[round(place * (len(items) - 1) / max(count - 1, 1))] for place in range(count)]


def picture(file, frame, out):
    """One frame of a video as a picture."""
    wanted = ["-vf", f"select=eq(n\\,{frame})", "-fps_mode", "passthrough", "-frames:v", "1"]
    subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-i", file, *wanted, str(out)], check=True)


def name(clip, plain):
    return clip["technique"] if plain or clip["side"] in ("none", "both") else f"{clip['technique']}_{clip['side']}"


def main():
    own, train = sys.argv[1:], []
    if "--" in own:
        own, train = own[: own.index("--")], own[own.index("--") + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kihap", default="kihap")
    parser.add_argument("--frames", type=int, default=5)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--from", dest="start", default="builtin:basics")
    options = parser.parse_args(own)

    def run(*arguments):
        return subprocess.run([options.kihap, *arguments], check=True, capture_output=True).stdout

    all_clips = list(clips((options.data / "taekwondo").resolve()))
    shared = set.intersection(*({c["technique"] for c in all_clips if c["person"] == p} for p in FORMS))
    right = tested = 0
    for teacher in FORMS:
        frames = defaultdict(list)
        for clip in all_clips:
            if clip["person"] == teacher and clip["technique"] in shared:
                frames[name(clip, options.plain)] += [(clip["file"], frame) for frame in tail(clip["frames"])]
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            with open(folder / "table.csv", "w", newline="", encoding="utf-8") as table:
                samples = csv.writer(table)
                samples.writerow(["file", "person", "class"])
                for label, found in frames.items():
                    for place, (file, frame) in enumerate(spread(found, options.frames)):
                        out = folder / f"{label}-{place}.png"
                        picture(file, frame, out)
                        samples.writerow([out, teacher, label])
            run("import", str(folder / "table.csv"), "--into", str(folder / "few"))
            start = [] if options.start == "none" else ["--from", options.start]
            how = ["--model", "landmark-mlp", "--validation", "0", "--test", "0", "--out", str(folder / "model")]
            run("train", str(folder / "few"), *how, *start, *train)
            for clip in all_clips:
                if clip["person"] == teacher or clip["technique"] not in shared or clip["view"] == "back":
                    continue
                told = json.loads(run("predict", str(folder / "model"), clip["file"], "--json"))["predictions"]
                best = shown_at_end(told)
                tested += 1
                right += best == clip["technique"]
                if best != clip["technique"]:
                    print(f"{clip['person']} {clip['step']} {clip['view']}: {clip['technique']} taken for {best}")
    print(f"{right} of {tested} clips right")


if __name__ == "__main__":
    main()
