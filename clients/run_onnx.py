"""python run_onnx.py JOBS.json -> [{"rows": [...]}]: onnx.checker and onnxruntime on each exported file.

JOBS.json: [{"model": file, "pictures": [files]} or {"model": file, "landmarks": [[...]], "shape": [...]}]
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime
from PIL import Image


def answer(job):
    model = onnx.load(job["model"])
    onnx.checker.check_model(model, full_check=True)
    facts = {entry.key: entry.value for entry in model.metadata_props}
    session = onnxruntime.InferenceSession(job["model"], providers=["CPUExecutionProvider"])
    inputs = [{"image": np.asarray(Image.open(path).convert("RGB"))[None]} for path in job.get("pictures", [])]
    inputs += [
        {"landmarks": np.asarray(numbers, np.float32).reshape(1, *job["shape"])} for numbers in job.get("landmarks", [])
    ]
    rows = [session.run(["probabilities"], given)[0][0].tolist() for given in inputs]
    if len(inputs) > 1 and "landmarks" in job:
        # the batch is free
        together = {"landmarks": np.concatenate([given["landmarks"] for given in inputs])}
        difference = np.abs(session.run(["probabilities"], together)[0] - np.asarray(rows)).max()
        assert difference < 1e-5, f"a batch differs from single rows by {difference}"
    return {"rows": rows, "labels": json.loads(facts["kihap.labels"]), "facts": sorted(facts)}


print(json.dumps([answer(job) for job in json.load(open(sys.argv[1], encoding="utf-8"))]))
