"""Records what Keras' ImageDataGenerator makes of one picture with given parameters.

    python tools/reference_augment.py > crates/kihap-vision/tests/golden/keras-augment.json

Needs `keras` with any backend (or `tensorflow-cpu`), `scipy<2` and `pillow`. The picture is the synthetic one of the README.
Keras turns pictures that are not square about the wrong centre: its matrices act on (x, y), and it gives them
(height/2, width/2). Here it is given them the right way round; squares don't notice.
"""

import json
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import PIL  # noqa: E402
import scipy  # noqa: E402
from keras.src.legacy.preprocessing import image as legacy  # noqa: E402
from PIL import Image  # noqa: E402

from peer_pictures import synthetic  # noqa: E402

centre_of = legacy.transform_matrix_offset_center
legacy.transform_matrix_offset_center = lambda matrix, height, width: centre_of(matrix, width, height)

STEP = 5
# theta, shift (x, y, pixels), shear, zoom (x, y), flips, fill
CASES = [
    ("rotation", dict(theta=25.0)),
    ("shift", dict(tx=3.25, ty=-5.5)),
    ("shear", dict(shear=20.0)),
    ("zoom", dict(zx=0.8, zy=1.2)),
    ("all", dict(theta=-33.0, tx=-4.0, ty=2.75, shear=0.2, zx=1.15, zy=0.85)),
    ("all-strong", dict(theta=140.0, tx=6.0, ty=-6.5, shear=-30.0, zx=1.7, zy=2.1)),
    ("flips", dict(theta=12.0, tx=1.5, zx=0.9, zy=0.95, flip_horizontal=True, flip_vertical=True)),
    ("constant", dict(theta=30.0, zx=1.3, zy=1.3, fill="constant")),
    ("reflect", dict(theta=30.0, tx=9.0, zx=1.9, zy=1.6, fill="reflect")),
]


def change(picture: np.ndarray, case: dict) -> np.ndarray:
    parameters = dict(case)
    generator = legacy.ImageDataGenerator(
        fill_mode=parameters.pop("fill", "nearest"), cval=90.0, data_format="channels_last", dtype="float32"
    )
    return generator.apply_transform(picture, parameters)


def main() -> None:
    recorded = []
    for width, height in [(32, 32), (32, 24)]:
        picture = synthetic(width, height).astype(np.float32)
        for name, case in CASES:
            changed = change(picture, case)
            recorded.append({
                "name": f"{name}-{width}x{height}",
                "width": width,
                "height": height,
                "rotation_degrees": case.get("theta", 0.0),
                "shift_pixels": [case.get("tx", 0.0), case.get("ty", 0.0)],
                "shear_degrees": case.get("shear", 0.0),
                "zoom": [case.get("zx", 1.0), case.get("zy", 1.0)],
                "flips": [case.get("flip_horizontal", False), case.get("flip_vertical", False)],
                "fill": case.get("fill", "nearest"),
                "values": [round(float(v), 2) for v in changed.reshape(-1)[::STEP]],
            })
    small = Image.fromarray(synthetic(32, 24)).resize((14, 14), Image.NEAREST)
    print('{"keras": "%s", "scipy": "%s", "pillow": "%s", "step": %d, "cval": 90.0,'
          % (keras.__version__, scipy.__version__, PIL.__version__, STEP))
    print('"nearest_14x14": %s,' % json.dumps(np.asarray(small).reshape(-1).tolist()).replace(" ", ""))
    print('"cases": [')
    print(",\n".join(json.dumps(r).replace(", ", ",") for r in recorded))
    print("]}")


if __name__ == "__main__":
    sys.exit(main())
