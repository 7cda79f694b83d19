"""TensorBoard's own view of event files.

    python tools/reference_tensorboard.py record      # the bytes of a record, for kihap-learn's test
    python tools/reference_tensorboard.py FOLDER      # what TensorBoard reads from every run below a folder

Needs tensorboard.
"""

import os
import sys
import tempfile

from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter


def record():
    value = Summary.Value(tag="loss", simple_value=0.5)
    event = Event(wall_time=1.0, step=3, summary=Summary(value=[value]))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "events")
        with open(path, "wb") as file:
            RecordWriter(file).write(event.SerializeToString(deterministic=True))
        with open(path, "rb") as file:
            print(file.read().hex())


def read(folder):
    runs = EventMultiplexer().AddRunsFromDirectory(folder).Reload()
    for run in sorted(runs.Runs()):
        accumulator = runs.GetAccumulator(run)
        print(f"{run}: file_version {accumulator.file_version}")
        for tag in accumulator.Tags()["scalars"]:
            print(f"  {tag}:", ", ".join(f"{event.step}={event.value:g}" for event in accumulator.Scalars(tag)))


if sys.argv[1:] == ["record"]:
    record()
else:
    read(sys.argv[1])
