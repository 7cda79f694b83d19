"""MediaPipe's own landmarks of the stills, as the golden of Kihap's BlazePose.

    python tools/peer_blazepose.py                  # full, the model inside the wheel
    python tools/peer_blazepose.py --complexity 0 --tflite pose_landmark_lite.tflite
    python tools/peer_blazepose.py --complexity 2 --tflite pose_landmark_heavy.tflite

mediapipe downloads lite and heavy when asked for them; --tflite copies a file you already have (npm @mediapipe/pose
0.5.1675469404 holds all three) to where the wheel looks for it, so nothing is downloaded.
"""

import argparse
import shutil
from pathlib import Path

import mediapipe as mp

from peer_pictures import GOLDEN, decode, sha256, stills, write_golden

NAMES = {0: "lite", 1: "full", 2: "heavy"}


def place_model(complexity: int, tflite: Path | None) -> None:
    if tflite is None:
        return
    modules = Path(mp.__file__).parent / "modules" / "pose_landmark"
    target = modules / f"pose_landmark_{NAMES[complexity]}.tflite"
    if not target.exists():
        shutil.copyfile(tflite, target)


def landmarks_of(result, width: int, height: int) -> dict:
    if result.pose_landmarks is None:
        return {"presence": False, "landmarks": [], "world": []}
    # MediaPipe gives x, y as fractions of the picture and z on the scale of x: in pixels all three are comparable.
    points = [
        [round(p.x * width, 3), round(p.y * height, 3), round(p.z * width, 3), round(p.visibility, 3)]
        for p in result.pose_landmarks.landmark
    ]
    world = [[round(p.x, 3), round(p.y, 3), round(p.z, 3)] for p in result.pose_world_landmarks.landmark]
    return {"presence": True, "landmarks": points, "world": world}


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--complexity", type=int, choices=NAMES, default=1)
    args.add_argument("--tflite", type=Path, help="the landmark model of this complexity, where the wheel has none")
    args.add_argument("--out", type=Path)
    args = args.parse_args()
    place_model(args.complexity, args.tflite)

    pose = mp.solutions.pose.Pose(
        static_image_mode=True, model_complexity=args.complexity, min_detection_confidence=0.5
    )
    pictures = []
    for path in stills():
        pixels = decode(path)
        height, width = pixels.shape[:2]
        found = landmarks_of(pose.process(pixels), width, height)
        pictures.append({"file": path.name, "width": width, "height": height, "rgb_sha256": sha256(pixels), **found})
    head = {
        "peer": f"mediapipe {mp.__version__} solutions.pose.Pose(static_image_mode=True, "
        f"model_complexity={args.complexity}, min_detection_confidence=0.5)",
        "decoder": "Pillow, EXIF applied, RGB",
        "landmarks": "33 × [x, y, z, visibility], pixels of the upright picture (z = MediaPipe's z × width)",
        "world": "33 × [x, y, z], metres from the middle of the hips",
    }
    out = args.out or GOLDEN / f"blazepose-{NAMES[args.complexity]}-stills.json"
    write_golden(out, head, pictures)
    print(f"found {sum(p['presence'] for p in pictures)} of {len(pictures)}")


if __name__ == "__main__":
    main()
