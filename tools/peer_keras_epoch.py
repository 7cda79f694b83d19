"""Seconds of Keras on TensorFlow-CPU for an epoch of the 2022 project's transfer learning.

    python tools/peer_keras_epoch.py FOLDER [--pictures 960] [--epochs 2] [--backbone MobileNetV2] [--workers 1]

FOLDER holds a folder of JPEGs for each class. A frozen backbone of `keras.applications` (random weights: the time is the
same), pooled, and Dense(classes) are fitted with batches of 32 of 224×224 from ImageDataGenerator with the project's
augmentation. Needs `tensorflow-cpu`, `scipy<2` and `pillow`. Prints one JSON document. The first batches, in which
TensorFlow compiles, don't count.
"""

import argparse
import json
import os
import sys
import time
import warnings

THREADS = int(os.environ.get("KIHAP_PEER_THREADS", "2"))
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:THREADS]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.filterwarnings("ignore")

import tensorflow as tf  # noqa: E402

keras = tf.keras
BATCH = 32
SIDE = 224


def batches(folder: str, workers: int):
    generator = keras.preprocessing.image.ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=40,
        width_shift_range=0.2,
        height_shift_range=0.2,
        shear_range=0.2,
        zoom_range=0.2,
        fill_mode="nearest",
    )
    # What flow_from_directory says about the classes would stand in front of the JSON.
    stdout, sys.stdout = sys.stdout, sys.stderr
    flow = generator.flow_from_directory(
        folder, target_size=(SIDE, SIDE), batch_size=BATCH, class_mode="categorical", seed=1
    )
    sys.stdout = stdout
    if workers > 1:
        flow.workers = workers
        flow.use_multiprocessing = False
    return flow


def network(name: str, classes: int):
    backbone = getattr(keras.applications, name)(
        include_top=False, weights=None, input_shape=(SIDE, SIDE, 3), pooling="avg"
    )
    backbone.trainable = False
    model = keras.Sequential([backbone, keras.layers.Dense(classes, activation="softmax")])
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--pictures", type=int, default=960)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--backbone", default="MobileNetV2")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    flow = batches(options.folder, options.workers)
    model = network(options.backbone, flow.num_classes)
    steps = options.pictures // BATCH
    model.fit(flow, steps_per_epoch=2, epochs=1, verbose=0)
    seconds = []
    processor = time.process_time()
    for _ in range(options.epochs):
        start = time.perf_counter()
        model.fit(flow, steps_per_epoch=steps, epochs=1, verbose=0)
        seconds.append(time.perf_counter() - start)
    processor = (time.process_time() - processor) / (options.epochs * steps * BATCH)
    start = time.perf_counter()
    for _ in range(3):
        next(flow)
    loading = time.perf_counter() - start
    print(json.dumps({
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "backbone": options.backbone,
        "threads": THREADS,
        "workers": options.workers,
        "pictures": steps * BATCH,
        "seconds": [round(s, 2) for s in seconds],
        "seconds_per_picture": round(min(seconds) / (steps * BATCH), 5),
        "processor_seconds_per_picture": round(processor, 5),
        "of_them_loading_and_augmenting_on_one_thread": round(loading / (3 * BATCH), 5),
    }))


if __name__ == "__main__":
    main()
