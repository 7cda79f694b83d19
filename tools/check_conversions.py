"""Compares converted networks with the runtimes they were published for, and times them.

    check_conversions.py tflite NETWORK.tflite NETWORK.onnx
    check_conversions.py tfjs graph|layers MODEL.json NETWORK.onnx
    check_conversions.py time NETWORK.onnx [BATCH]

Needs numpy, onnxruntime and (for tflite) ai-edge-litert from PyPI; for tfjs, node and @tensorflow/tfjs from npm in a
folder named by TFJS. Prints, for each output, the largest difference and that difference over the range of the expected
values.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def report(name, expected, got):
    assert expected.shape == got.shape, f"{name}: shape {got.shape}, expected {expected.shape}"
    difference = float(np.abs(expected - got).max())
    extent = float(expected.max() - expected.min()) or 1.0
    print(f"{name:44} {str(expected.shape):20} largest difference {difference:.2e}, over the range {difference / extent:.1e}")


def check_tflite(tflite_path, onnx_path):
    from ai_edge_litert.interpreter import Interpreter

    with open(tflite_path, "rb") as file:
        interpreter = Interpreter(model_content=file.read(), num_threads=2)
    interpreter.allocate_tensors()
    given = interpreter.get_input_details()[0]
    picture = np.random.default_rng(1).random(given["shape"], dtype=np.float32)
    interpreter.set_tensor(given["index"], picture)
    interpreter.invoke()
    expected = {d["name"]: interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()}
    converted = session(onnx_path)
    names = [output.name for output in converted.get_outputs()]
    for name, got in zip(names, converted.run(None, {"input": picture.transpose(0, 3, 1, 2).copy()})):
        report(name, expected[name], got)


def check_tfjs(kind, model_path, onnx_path):
    converted = session(onnx_path)
    given = converted.get_inputs()[0]
    channels, height, width = given.shape[1:]
    integers = "int32" in given.type
    random = np.random.default_rng(1).random((1, height, width, channels), dtype=np.float32)
    picture = (random * 255).astype(np.int32) if integers else random * 2 - 1
    script = os.path.join(os.environ["TFJS"], "run_tfjs.mjs")
    shutil.copy(os.path.join(os.path.dirname(__file__), "run_tfjs.mjs"), script)
    with tempfile.TemporaryDirectory() as folder:
        raw = os.path.join(folder, "input.bin")
        picture.tofile(raw)
        shape = ",".join(map(str, picture.shape))
        command = ["node", script, kind, model_path, raw, shape, str(picture.dtype), folder]
        listing = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        expected = {}
        for number, entry in enumerate(listing):
            values = np.fromfile(os.path.join(folder, f"{number}.bin"), dtype=np.float32)
            expected[entry["name"]] = values.reshape(entry["shape"])
    names = [output.name for output in converted.get_outputs()]
    for name, got in zip(names, converted.run(None, {given.name: picture.transpose(0, 3, 1, 2).copy()})):
        report(name, expected[name] if kind == "graph" else expected["0"], got)


def measure(onnx_path, batch=1):
    converted = session(onnx_path)
    feeds = {}
    for given in converted.get_inputs():
        shape = [size if isinstance(size, int) else batch for size in given.shape]
        kind = np.int32 if "int32" in given.type else np.float32
        feeds[given.name] = (np.random.default_rng(1).random(shape) * (255 if kind is np.int32 else 1)).astype(kind)
    for _ in range(5):
        converted.run(None, feeds)
    times = []
    for _ in range(40):
        start = time.perf_counter()
        converted.run(None, feeds)
        times.append((time.perf_counter() - start) * 1e3 / batch)
    times.sort()
    print(f"{onnx_path}: batch {batch}, ms a picture: fastest {times[0]:.2f}, median {times[len(times) // 2]:.2f}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["tflite", tflite_path, onnx_path]:
            check_tflite(tflite_path, onnx_path)
        case ["tfjs", kind, model_path, onnx_path]:
            check_tfjs(kind, model_path, onnx_path)
        case ["time", onnx_path]:
            measure(onnx_path)
        case ["time", onnx_path, batch]:
            measure(onnx_path, int(batch))
        case _:
            sys.exit(__doc__)
