"""What every peer script shares: which pictures, how they are decoded, how a golden file is written.

Pictures are decoded with Pillow (libjpeg-turbo), EXIF orientation applied, as 8-bit RGB. The SHA-256 of those pixels is
in every golden, so that a test can tell "our answer differs" from "our JPEG decoder differs".
"""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "crates" / "kihap-vision" / "tests" / "golden"


def stills_folder() -> Path:
    """The 44 stills: `$KIHAP_SHARED_DATA/taekwondo/stills`, by default beside the project."""
    data = Path(os.environ.get("KIHAP_SHARED_DATA", ROOT.parent / "shared" / "data"))
    folder = data / "taekwondo" / "stills"
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not there: set KIHAP_SHARED_DATA to the folder that holds taekwondo/stills")
    return folder


def stills() -> list[Path]:
    return sorted(stills_folder().glob("*.jpg"))


def decode(path: Path) -> np.ndarray:
    """Height × width × 3, uint8, RGB, upright."""
    with Image.open(path) as picture:
        return np.ascontiguousarray(ImageOps.exif_transpose(picture).convert("RGB"))


def synthetic(width: int, height: int) -> np.ndarray:
    """A picture both sides compute by formula, so that a parity test needs no photograph:

    r = (7x + 3y) mod 256, g = (5x + 11y + 64) mod 256, b = (x·y + 13x) mod 256
    """
    x = np.arange(width)[None, :]
    y = np.arange(height)[:, None]
    planes = [7 * x + 3 * y, 5 * x + 11 * y + 64, x * y + 13 * x]
    return np.ascontiguousarray(np.stack([p % 256 for p in planes], axis=2).astype(np.uint8))


def sha256(pixels: np.ndarray) -> str:
    return hashlib.sha256(pixels.tobytes()).hexdigest()


def write_golden(path: Path, head: dict, pictures: list[dict]) -> None:
    """One picture a line, so that a change shows in a diff."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(p, separators=(",", ":"), ensure_ascii=False) for p in pictures]
    text = json.dumps(head, ensure_ascii=False)[:-1] + ',"pictures":[\n' + ",\n".join(lines) + "\n]}\n"
    json.loads(text)
    path.write_text(text, encoding="utf-8")
    print(f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}: {len(pictures)} pictures, {len(text)} bytes")
