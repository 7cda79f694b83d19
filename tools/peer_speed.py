"""Milliseconds a frame of PyPI mediapipe's legacy Pose, on two threads, on frames it does not have to decode.

    ffmpeg -i clip.mp4 -f rawvideo -pix_fmt rgb24 frames.rgb
    python tools/peer_speed.py --frames frames.rgb --width 640 --height 480 --mode video
    python tools/peer_speed.py --mode static a.jpg b.jpg clip.mp4

Raw frames are the fair way: Kihap and mediapipe then see the same bytes. Pictures are decoded with Pillow and videos with
OpenCV before the clock starts. Prints one JSON document.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time

# Before mediapipe starts its threads: the process, and with it XNNPACK and the graph's executor, keeps to N cores.
THREADS = int(os.environ.get("KIHAP_PEER_THREADS", "2"))
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:THREADS]))

import mediapipe as mp  # noqa: E402
import numpy as np  # noqa: E402

from peer_pictures import decode  # noqa: E402

VIDEOS = (".mp4", ".mov", ".avi", ".mkv", ".webm")


def raw_frames(path: str, width: int, height: int, limit: int) -> list[np.ndarray]:
    size = width * height * 3
    length = os.path.getsize(path)
    if length == 0 or length % size:
        sys.exit(f"{path}: {length} bytes are not whole {width}×{height} RGB frames of {size} bytes")
    frames = np.memmap(path, np.uint8, "r").reshape(-1, height, width, 3)
    return [np.array(frame) for frame in frames[:limit]]


def video_frames(path: str, limit: int) -> list[np.ndarray]:
    import cv2

    capture = cv2.VideoCapture(path)
    frames = []
    while len(frames) < limit:
        more, frame = capture.read()
        if not more:
            break
        frames.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))
    if not frames:
        sys.exit(f"{path}: no frame could be read")
    return frames


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("sources", nargs="*", help="pictures and videos")
    args.add_argument("--frames", help="a file of raw 8-bit RGB frames; needs --width and --height")
    args.add_argument("--width", type=int)
    args.add_argument("--height", type=int)
    args.add_argument("--mode", choices=["static", "video"], default="static")
    args.add_argument("--complexity", type=int, choices=[0, 1, 2], default=1)
    args.add_argument("--limit", type=int, default=300, help="frames at most of each source")
    args.add_argument("--warm-up", type=int, default=5, help="frames run before the clock starts")
    args = args.parse_args()

    frames = []
    if args.frames:
        if not (args.width and args.height):
            sys.exit("--frames needs --width and --height")
        frames += raw_frames(args.frames, args.width, args.height, args.limit)
    for source in args.sources:
        frames += video_frames(source, args.limit) if source.lower().endswith(VIDEOS) else [decode(source)]
    if not frames:
        sys.exit("give pictures, videos or --frames")

    def fresh():
        return mp.solutions.pose.Pose(static_image_mode=args.mode == "static", model_complexity=args.complexity)

    with fresh() as pose:
        for frame in frames[: args.warm_up]:
            pose.process(frame)
    # A new graph for the measurement: in video mode it must not know the person from the warm-up.
    with fresh() as pose:
        pose.process(np.zeros_like(frames[0]))
        milliseconds, found = [], 0
        for frame in frames:
            start = time.perf_counter()
            result = pose.process(frame)
            milliseconds.append((time.perf_counter() - start) * 1000)
            found += result.pose_landmarks is not None
    print(
        json.dumps(
            {
                "peer": f"mediapipe {mp.__version__}",
                "mode": args.mode,
                "complexity": args.complexity,
                "threads": THREADS,
                "threads_note": "the process is bound to this many cores (KIHAP_PEER_THREADS); mediapipe sets its own "
                "thread counts within them",
                "machine": f"{platform.machine()} {platform.system()}, Python {platform.python_version()}",
                "frames": len(frames),
                "size": list(frames[0].shape[1::-1]),
                "found": found,
                "ms_median": round(statistics.median(milliseconds), 3),
                "ms_mean": round(statistics.fmean(milliseconds), 3),
                "ms_min": round(min(milliseconds), 3),
            }
        )
    )


if __name__ == "__main__":
    main()
