"""Keras' networks for pictures with weights by chance, to hold those of the zoo and the import of weights against.

    python tools/keras_networks.py FOLDER            # Keras 3, PyPI tensorflow 2.21; about 400 MB
    KIHAP_TEST_WEIGHTS=FOLDER cargo test --release -p kihap-zoo --test import

Writes NAME.h5, NAME.keras and NAME.json; the last holds the class scores before softmax for the picture
sin(0.37 i + 0.01 (i mod 7)), i counted over red, green and blue planes of 224 x 224.
"""

import json
import pathlib
import sys

import keras
import numpy as np

SIDE = 224
plain = dict(weights=None, classifier_activation=None)
NETWORKS = {
    "resnet50": lambda: keras.applications.ResNet50(**plain),
    "mobilenet-v1": lambda: keras.applications.MobileNet(**plain),
    "mobilenet-v2": lambda: keras.applications.MobileNetV2(**plain),
    "mobilenet-v3-small": lambda: keras.applications.MobileNetV3Small(include_preprocessing=False, **plain),
    "mobilenet-v3-large": lambda: keras.applications.MobileNetV3Large(include_preprocessing=False, **plain),
    "nasnet-mobile": lambda: keras.applications.NASNetMobile(**plain),
}


def by_chance(model, rng):
    for layer in model.layers:
        values = []
        for weight in layer.get_weights():
            if isinstance(layer, keras.layers.BatchNormalization):
                centre = 1.0 if len(values) in (0, 3) else 0.0
                values.append(centre + rng.uniform(-0.3, 0.3, weight.shape))
            elif weight.ndim == 1:
                values.append(rng.uniform(-0.3, 0.3, weight.shape))
            else:
                inputs = np.prod(weight.shape[:-1]) if weight.shape[-1] > 1 else np.prod(weight.shape[:2])
                values.append(rng.normal(0, np.sqrt(2 / inputs), weight.shape))
        layer.set_weights([value.astype("float32") for value in values])


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    i = np.arange(3 * SIDE * SIDE)
    picture = np.sin(0.37 * i + 0.01 * (i % 7)).reshape(1, 3, SIDE, SIDE).transpose(0, 2, 3, 1).astype("float32")
    for number, (name, build) in enumerate(NETWORKS.items()):
        keras.backend.clear_session()
        model = build()
        by_chance(model, np.random.default_rng(number))
        colours = picture[..., ::-1] if name == "resnet50" else picture
        scores = model.predict(colours, verbose=0).flatten()
        model.save(folder / f"{name}.h5")
        model.save(folder / f"{name}.keras")
        (folder / f"{name}.json").write_text(json.dumps({"output": [float(f"{v:.8g}") for v in scores]}) + "\n")


main()
