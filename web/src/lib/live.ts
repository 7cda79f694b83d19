// The live socket: frames to the server, landmarks and results back. The newest frame wins on both sides.

import type { Told } from './api';

export interface LivePose {
  score: number;
  /** Per joint of BlazePose's 33: x, y in pixels of the frame, visibility 0..1. */
  points: [number, number, number][];
}

export interface LiveAnswer<R = unknown> {
  frame: number;
  clock_ms: number;
  seconds: number;
  width: number;
  height: number;
  pose: LivePose | null;
  skipped: number;
  work_ms: number;
  result: R;
}

export interface Listener {
  ready(): void;
  answer(answer: LiveAnswer): void;
  failed(error: Told): void;
  /** The connection broke; another try follows unless the socket was closed by us. */
  lost(): void;
}

type Reply = { resolve(result: unknown): void; reject(error: Told): void };

/** Frames on their way: one at work, one waiting. */
const IN_FLIGHT = 2;
const RETRY_MS = 1000;
const HEADER_BYTES = 12;

export class LiveSocket {
  #socket: WebSocket | null = null;
  #closed = false;
  #ready = false;
  #flying = 0;
  #number = 0;
  #replies: Reply[] = [];

  constructor(
    private readonly start: object,
    private readonly listener: Listener,
  ) {
    this.#open();
  }

  #open(): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/api/live`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => socket.send(JSON.stringify(this.start));
    socket.onmessage = (event) => this.#take(JSON.parse(event.data as string) as Record<string, unknown>);
    socket.onclose = () => this.#lost();
    this.#socket = socket;
  }

  #take(message: Record<string, unknown>): void {
    const error = message['error'] as Told | undefined;
    if ('reply' in message) {
      const reply = this.#replies.shift();
      if (error !== undefined) reply?.reject(error);
      else reply?.resolve(message['result']);
    } else if (message['ready'] === true) {
      this.#ready = true;
      this.listener.ready();
    } else if ('frame' in message) {
      // A replaced frame gets no answer of its own.
      this.#flying = Math.max(0, this.#flying - 1 - ((message['skipped'] as number | undefined) ?? 0));
      if (error !== undefined) this.listener.failed(error);
      else this.listener.answer(message as unknown as LiveAnswer);
    } else if (error !== undefined) {
      if (!this.#ready) this.#closed = true;
      this.#flying = 0;
      this.listener.failed(error);
    }
  }

  #lost(): void {
    this.#ready = false;
    this.#flying = 0;
    this.#replies.splice(0).forEach((reply) => reply.reject({ code: 'unreachable', message: '' }));
    if (this.#closed) return;
    this.listener.lost();
    setTimeout(() => {
      if (!this.#closed) this.#open();
    }, RETRY_MS);
  }

  /** Whether a frame sent now would be looked at soon. */
  get wants(): boolean {
    return this.#ready && this.#flying < IN_FLIGHT;
  }

  /** Sends a JPEG that was taken at `clock` (milliseconds of `performance.now`). */
  async send(jpeg: Blob, clock: number): Promise<void> {
    const picture = new Uint8Array(await jpeg.arrayBuffer());
    if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) return;
    const message = new Uint8Array(HEADER_BYTES + picture.length);
    const view = new DataView(message.buffer);
    view.setUint32(0, ++this.#number, true);
    view.setFloat64(4, clock, true);
    message.set(picture, HEADER_BYTES);
    this.#flying += 1;
    this.#socket.send(message);
  }

  /** Sends a command of the mode and waits for its answer. */
  command<R>(command: string, more: object = {}): Promise<R> {
    return new Promise((resolve, reject) => {
      if (!this.#ready || this.#socket?.readyState !== WebSocket.OPEN) {
        reject({ code: 'unreachable', message: '' });
        return;
      }
      this.#replies.push({ resolve: (result) => resolve(result as R), reject });
      this.#socket.send(JSON.stringify({ command, ...more }));
    });
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
  }
}
