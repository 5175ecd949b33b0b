/**
 * What a process prints, decoded, from both streams in the order it arrives. Held back when nobody reads: at most a few
 * hundred kilobytes wait here, and the process then waits on its pipe.
 */
import type { Readable } from 'node:stream';
import { Wakeup } from './wakeup.ts';

export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Characters that may wait before the process has to. */
const highMark = 256 * 1024;
const lowMark = 64 * 1024;

export class ProcessOutput implements AsyncIterable<OutputChunk> {
  readonly #streams: readonly Readable[];
  readonly #waiting: OutputChunk[] = [];
  #size = 0;
  #open: number;
  #paused = false;
  #discarding = false;
  /** Woken whenever something above changes. */
  readonly #changes = new Wakeup();

  constructor(stdout: Readable, stderr: Readable) {
    this.#streams = [stdout, stderr];
    this.#open = this.#streams.length;
    this.#listen(stdout, 'stdout');
    this.#listen(stderr, 'stderr');
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OutputChunk, void, void> {
    try {
      while (true) {
        const chunk = this.#waiting.shift();
        if (chunk !== undefined) {
          this.#size -= chunk.text.length;
          if (this.#paused && this.#size < lowMark) this.#resume();
          yield chunk;
        } else if (this.#open === 0) {
          return;
        } else {
          await this.#changes.wait();
        }
      }
    } finally {
      // Whoever stops reading early doesn't want the rest; the process must not wait for it.
      this.#discarding = true;
      this.#waiting.length = 0;
      this.#resume();
    }
  }

  /**
   * True once both streams have ended; false after `ms` of reading without that, or when `hurry` resolves. Time in which
   * a slow reader holds us back doesn't count.
   */
  async waitForEnd(ms: number, hurry: Promise<void>): Promise<boolean> {
    let left = ms;
    let hurried = false;
    void hurry.then(() => {
      hurried = true;
      this.#changes.wake();
    });
    while (this.#open > 0 && left > 0 && !hurried) {
      const started = performance.now();
      const counts = !this.#paused;
      const alarm = setTimeout(() => this.#changes.wake(), left);
      await this.#changes.wait();
      clearTimeout(alarm);
      if (counts) left -= performance.now() - started;
    }
    return this.#open === 0;
  }

  /** The writers are gone: take in what is left in the pipes, which is little, whether somebody reads it or not. */
  resumeForEnd(): void {
    this.#resume();
  }

  /** Gives up reading. */
  destroy(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  #listen(stream: Readable, name: OutputChunk['stream']): void {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    stream.on('data', (bytes: Buffer) => this.#push(name, decoder.decode(bytes, { stream: true })));
    // After 'close' nothing comes any more, whether the stream ended, failed or was destroyed.
    stream.on('error', () => {});
    stream.on('close', () => {
      this.#push(name, decoder.decode());
      this.#open -= 1;
      this.#changes.wake();
    });
  }

  #push(stream: OutputChunk['stream'], text: string): void {
    if (text === '' || this.#discarding) return;
    this.#waiting.push({ stream, text });
    this.#size += text.length;
    if (this.#size >= highMark) {
      // Also when paused already: Node resumes by itself what it finds paused when the process ends.
      this.#paused = true;
      for (const each of this.#streams) each.pause();
    }
    this.#changes.wake();
  }

  #resume(): void {
    this.#paused = false;
    for (const each of this.#streams) each.resume();
    this.#changes.wake();
  }
}
