"""Small Keras files for the tests of kihap-zoo's import, in every form in which Keras keeps weights.

    python tools/keras_fixtures.py crates/kihap-zoo/tests/fixtures            # Keras 3, PyPI tensorflow 2.21
    python tools/keras_fixtures.py crates/kihap-zoo/tests/fixtures --legacy   # Keras 2, with PyPI tf_keras 2.21

The network is made of nothing but numbers by formula: number i of weight p (in the order of `model.weights` sorted by
layer and name) is 0.5 sin(0.7 i + 1.3 p), plus 1 for gamma and moving_variance. `keras.json` holds what it answers to
the input 0.5 sin(0.9 i), channels last.
"""

import argparse
import gzip
import json
import os
import pathlib

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--legacy", action="store_true")
arguments = parser.parse_args()
if arguments.legacy:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tf_keras as keras
else:
    import keras
import numpy as np

layers = keras.layers


def network(name):
    """One layer of each kind that has weights in Keras' networks for pictures."""
    x = start = keras.Input((8, 8, 3), name="picture")
    x = layers.Conv2D(4, 3, strides=2, padding="same", name="conv1")(x)
    x = layers.BatchNormalization(epsilon=1e-3, name="bn_conv1")(x)
    x = layers.ReLU(6.0, name="relu1")(x)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="expanded_conv_depthwise")(x)
    x = layers.SeparableConv2D(5, 3, padding="same", use_bias=False, name="separable_conv_1")(x)
    x = layers.BatchNormalization(epsilon=1e-5, name="separable_conv_1_bn")(x)
    x = layers.ReLU(name="relu2")(x)
    x = layers.GlobalAveragePooling2D(name="global_average_pooling2d")(x)
    x = layers.Dense(3, name="predictions")(x)
    model = keras.Model(start, x, name=name)
    index = 0
    for layer in sorted(model.layers, key=lambda layer: layer.name):
        values = []
        for weight in layer.get_weights():
            wave = 0.5 * np.sin(0.7 * np.arange(weight.size) + 1.3 * index).reshape(weight.shape)
            positive = isinstance(layer, layers.BatchNormalization) and len(values) in (0, 3)
            values.append((wave + positive).astype("float32"))
            index += 1
        layer.set_weights(values)
    return model


def keep(name, save):
    """The file gzipped, since HDF5 is mostly empty space; without a time, so that it can be compared."""
    path = folder / name
    save(path)
    (folder / (name + ".gz")).write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()


model = network("tiny")
folder = arguments.folder
folder.mkdir(parents=True, exist_ok=True)
if arguments.legacy:
    keep("keras2-weights.h5", model.save_weights)
    keep("keras2.h5", model.save)
    keep("keras2.keras", model.save)
else:
    keep("keras3.weights.h5", model.save_weights)
    keep("keras3.h5", model.save)
    keep("keras3.keras", model.save)
    nested = keras.Sequential([keras.Input((8, 8, 3)), network("backbone")], name="nested")
    keep("keras3-nested.h5", nested.save)
    keep("keras3-nested.keras", nested.save)
    picture = 0.5 * np.sin(0.9 * np.arange(2 * 8 * 8 * 3)).reshape(2, 8, 8, 3)
    answer = model.predict(picture.astype("float32"), verbose=0)
    (folder / "keras.json").write_text(json.dumps({"output": [float(f"{v:.8g}") for v in answer.flatten()]}) + "\n")
