// The browser's camera: which there are, opening one, and its frames as JPEG.

export type CameraFault = 'denied' | 'missing' | 'busy' | 'unplugged' | 'insecure' | 'other';

export class CameraError extends Error {
  constructor(
    readonly fault: CameraFault,
    readonly detail: string,
  ) {
    super(detail);
  }
}

const FAULTS: Record<string, CameraFault> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** Opens a camera; any, or the one with this id. */
export async function openCamera(id: string | null): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new CameraError('insecure', location.origin);
  const wish: MediaTrackConstraints = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
  if (id !== null) wish.deviceId = { exact: id };
  try {
    return await devices.getUserMedia({ video: wish, audio: false });
  } catch (error) {
    const { name, message } = error as DOMException;
    throw new CameraError(FAULTS[name] ?? 'other', message);
  }
}

/** The cameras there are. Their names are empty until one was allowed. */
export async function listCameras(): Promise<MediaDeviceInfo[]> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  const all = (await devices?.enumerateDevices()) ?? [];
  return all.filter((device) => device.kind === 'videoinput');
}

/** Longest side of the frames that are sent, in pixels. */
const LONGEST_SIDE = 640;
const QUALITY = 0.85;

/** Makes JPEGs of what a video shows. */
export class Shutter {
  readonly #canvas = document.createElement('canvas');

  async shoot(video: HTMLVideoElement): Promise<Blob | null> {
    const { videoWidth, videoHeight } = video;
    if (videoWidth === 0 || videoHeight === 0) return null;
    const scale = Math.min(1, LONGEST_SIDE / Math.max(videoWidth, videoHeight));
    const width = Math.round(videoWidth * scale);
    const height = Math.round(videoHeight * scale);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const pen = this.#canvas.getContext('2d', { alpha: false });
    pen?.drawImage(video, 0, 0, width, height);
    return new Promise((resolve) => this.#canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  }
}

/** Frames a second and latency over the last second or so. */
export class Gauge {
  #times: number[] = [];
  #latencies: number[] = [];

  /** An answer came `latency` milliseconds after its frame was taken. */
  tick(latency: number): void {
    this.#times.push(performance.now());
    this.#latencies.push(latency);
    if (this.#times.length > 30) {
      this.#times.shift();
      this.#latencies.shift();
    }
  }

  get rate(): number {
    const first = this.#times[0];
    const last = this.#times.at(-1);
    if (first === undefined || last === undefined || last <= first) return 0;
    return ((this.#times.length - 1) * 1000) / (last - first);
  }

  get latency(): number {
    const sorted = [...this.#latencies].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }
}
