"""What `kihap track` says of the real clips put together in ways that are right and wrong.

    python tools/track_variants.py SHARED_DATA [--kihap PROGRAM] [--all]

SHARED_DATA holds `taekwondo/clips.csv` and the clips: Taegeuk 1 of A and Taegeuk 2 of B, one clip a step. Each person's clips are
looked at once (`kihap skeleton --json`); then the landmarks are joined in order, with one step removed, two swapped, mirrored, and at
half and double speed, and a table says what was reported. One step in the middle is removed and swapped; with --all every one is.
"""

import argparse
import csv
import json
import subprocess
import tempfile
from pathlib import Path

FORMS = {"A": "taegeuk-1", "B": "taegeuk-2"}
TOLERANCE = 0.5
STEPS = 18


def landmarks(kihap, data, person):
    """Poses by step, in the order of the clips."""
    with open(data / "taekwondo/clips.csv", newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["person"] == person]
    files = [str(data / "taekwondo" / row["file"]) for row in rows]
    seen = json.loads(subprocess.run([kihap, "skeleton", "--json", *files], check=True, capture_output=True).stdout)
    by_file = {}
    for pose in seen["poses"]:
        by_file.setdefault(pose["source"], []).append(pose)
    return [(int(row["step"].split("-")[1]), by_file[file]) for row, file in zip(rows, files)]


def mirrored(pose):
    """As a mirror shows it: left and right joints change places."""
    other = {"left": "right", "right": "left"}
    turned = []
    for point in pose["landmarks"]:
        side, _, rest = point["name"].partition("_")
        where = f"{other[side]}_{rest}" if side in other else point["name"]
        if point["name"].startswith("mouth_"):
            where = "mouth_" + other[point["name"][6:]]
        x, y, z = point["world"]
        turned.append({**point, "name": where, "x": pose["width"] - point["x"], "world": [-x, y, z]})
    return {**pose, "landmarks": turned}


def tracked(kihap, form, clips, speed=1.0, mirror=False):
    """The sheet of the clips one after another, and from when to when each was shown."""
    poses, spans, offset = [], {}, 0.0
    for step, clip in clips:
        times = [pose["seconds"] for pose in clip]
        gap = (times[-1] - times[0]) / max(len(times) - 1, 1)
        for pose in clip:
            shown = mirrored(pose) if mirror and pose["landmarks"] else pose
            at = (offset + pose["seconds"]) / speed
            poses.append({**shown, "source": "joined", "frame": len(poses), "seconds": at})
        spans[step] = (offset / speed, (offset + times[-1] + gap) / speed)
        offset += times[-1] + gap
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "joined.json"
        path.write_text(json.dumps({"poses": poses}))
        out = subprocess.run([kihap, "track", form, str(path), "--json"], check=True, capture_output=True).stdout
    return json.loads(out), spans


def reports(sheet):
    """What the sheet says is wrong, and the steps concerned."""
    wrong = {d["step"] for d in sheet["deductions"] if "wrong_technique" in json.dumps(d["reason"])}
    said = [("missing", s["number"]) for s in sheet["steps"] if not s["found"] and s["number"] not in wrong]
    said += [(extra["kind"], extra["step"]) for extra in sheet["extra"]]
    said += [("swapped", pair[0]) for pair in sheet["swapped"]]
    said += [("wrong_stance", d["step"]) for d in sheet["deductions"] if "wrong_stance" in json.dumps(d["reason"])]
    return said


def row(name, sheet, spans):
    performed = [step for step in spans if step <= STEPS]
    found = [s for s in sheet["steps"] if s["found"]]

    def close(step):
        begin, end = spans[step["number"]]
        return begin - TOLERANCE <= step["reached"] <= end + TOLERANCE

    in_place = [s for s in found if s["number"] in spans and s["start"] < spans[s["number"]][1] and s["end"] > spans[s["number"]][0]]
    said = ", ".join(f"{kind} {step}" for kind, step in reports(sheet)) or "nothing"
    invented = [s["number"] for s in found if s["number"] not in spans]
    print(
        f"| {name} | {len(in_place)} of {len(performed)} | {sum(map(close, in_place))} of {len(in_place)} "
        f"| {len(invented)} | {'yes' if sheet['mirrored'] else 'no'} | {said} |"
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--kihap", default="kihap")
    arguments.add_argument("--all", action="store_true")
    options = arguments.parse_args()
    print("| variant | steps in their place | within 0.5 s | invented | mirrored | reported |")
    print("| --- | --- | --- | --- | --- | --- |")
    for person, form in FORMS.items():
        clips = landmarks(options.kihap, options.data, person)

        def say(name, clips, **how):
            row(f"{person}, {name}", *tracked(options.kihap, form, clips, **how))

        say("in order", clips)
        say("mirrored", clips, mirror=True)
        say("half speed", clips, speed=0.5)
        say("double speed", clips, speed=2.0)
        noticed = {"removed": [0, 0], "swapped": [0, 0]}
        steps = [at for at, (step, _) in enumerate(clips) if step <= STEPS]
        for at in steps if options.all else [8]:
            step = clips[at][0]
            rest = clips[:at] + clips[at + 1 :]
            sheet, spans = tracked(options.kihap, form, rest)
            row(f"{person}, step {step} removed", sheet, spans)
            noticed["removed"][0] += ("missing", step) in reports(sheet)
            noticed["removed"][1] += 1
        for at in steps[:-1] if options.all else [4]:
            step = clips[at][0]
            changed = clips[:at] + [clips[at + 1], clips[at]] + clips[at + 2 :]
            sheet, spans = tracked(options.kihap, form, changed)
            row(f"{person}, steps {step} and {clips[at + 1][0]} swapped", sheet, spans)
            told = [number for kind, number in reports(sheet) if kind in ("swapped", "misplaced")]
            noticed["swapped"][0] += any(abs(number - step) <= 1 for number in told)
            noticed["swapped"][1] += 1
        for kind, (right, of) in noticed.items():
            print(f"| {person}, {kind}: noticed | {right} of {of} | | | | |")


if __name__ == "__main__":
    main()
