"""Does MediaPipe find the drawn figure, and are its landmarks where the joints are?

    cargo run --release -p kihap-coach --example draw_figures -- /tmp/figures 300
    python tools/peer_figure.py /tmp/figures

Errors are in torso lengths (middle of the shoulders to middle of the hips, in the picture).
"""

import argparse
import csv
from collections import defaultdict
from pathlib import Path

import mediapipe as mp
import numpy as np

from peer_pictures import decode

# Points whose place is the same thing for us and for BlazePose: shoulders, elbows, wrists, hips, knees, ankles.
LIMBS = [11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("folder", type=Path)
    args.add_argument("--complexity", type=int, default=1)
    args.add_argument("--misses", action="store_true", help="name every picture that fails")
    args = args.parse_args()

    pose = mp.solutions.pose.Pose(static_image_mode=True, model_complexity=args.complexity)
    found, total, ghosts, empty = defaultdict(int), defaultdict(int), 0, 0
    errors, by_joint, swapped = defaultdict(list), defaultdict(list), defaultdict(int)
    for row in csv.DictReader((args.folder / "truth.csv").open(encoding="utf-8")):
        pixels = decode(args.folder / row["file"])
        height, width = pixels.shape[:2]
        result = pose.process(pixels).pose_landmarks
        if row["found"] == "false":
            empty += 1
            ghosts += result is not None
            continue
        motion = row["motion"]
        total[motion] += 1
        if result is None:
            if args.misses:
                print("missed", row["file"])
            continue
        found[motion] += 1
        seen = np.array([[p.x * width, p.y * height] for p in result.landmark])
        true = np.array([[float(row[f"x{j}"]), float(row[f"y{j}"])] for j in range(33)])
        torso = np.linalg.norm((true[11] + true[12] - true[23] - true[24]) / 2)
        offsets = np.linalg.norm(seen - true, axis=1) / torso
        for joint in range(33):
            by_joint[joint].append(offsets[joint])
        errors[motion].append(np.median(offsets[LIMBS]))
        if np.median(offsets[LIMBS]) > 0.25:
            swapped[motion] += 1
            if args.misses:
                print("far off", row["file"], round(float(np.median(offsets[LIMBS])), 2))

    print(f"{'motion':30} found   median error   far off (> 0.25)")
    for motion in total:
        print(f"{motion:30} {found[motion]:3}/{total[motion]:<3} {np.median(errors[motion]):10.3f} {swapped[motion]:12}")
    people = sum(total.values())
    print(f"found {sum(found.values())} of {people} ({100 * sum(found.values()) / people:.1f} %)")
    print(f"somebody seen in {ghosts} of {empty} empty rooms")
    print(f"median error, 12 limb joints: {np.median([e for j in LIMBS for e in by_joint[j]]):.3f} torso lengths")
    print("by joint: " + " ".join(f"{j}:{np.median(by_joint[j]):.2f}" for j in range(33)))


if __name__ == "__main__":
    main()
