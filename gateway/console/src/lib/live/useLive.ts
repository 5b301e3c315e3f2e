import { useEffect, useRef, useState } from 'react';

import { send } from '~/lib/api/transport';

import { type Frame, Frames } from './sse';

/** `reconnecting`: what stands on the screen may be old, and the screen says so. `gone`: there is no such stream (any more). */
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'gone';

/** The server comments every 15 s; a line that says nothing for longer is dead, whatever the socket believes. */
const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 8_000;

/**
 * Reads a stream of the gateway for as long as the screen shows it: resumes behind the last change after every cut, so that
 * nothing is missed. `path` undefined: none yet. `hear` gets each frame in order.
 */
export function useLive(path: string | undefined, hear: (frame: Frame) => void): LiveState {
  const [state, setState] = useState<LiveState>('connecting');
  const heard = useRef(hear);
  heard.current = hear;

  useEffect(() => {
    if (!path) return undefined;
    const reader = new LiveReader(path, (frame) => heard.current(frame), setState);
    void reader.run();
    return () => reader.stop();
  }, [path]);

  return state;
}

class LiveReader {
  private readonly ended = new AbortController();
  private last: string | undefined;
  private fails = 0;

  constructor(
    private readonly path: string,
    private readonly hear: (frame: Frame) => void,
    private readonly tell: (state: LiveState) => void,
  ) {}

  stop(): void {
    this.ended.abort();
  }

  async run(): Promise<void> {
    this.tell('connecting');
    while (!this.ended.signal.aborted) {
      const gone = await this.read().catch(() => false);
      if (this.ended.signal.aborted) return;
      if (gone) return this.tell('gone');
      this.tell('reconnecting');
      await this.pause(Math.min(250 * 2 ** this.fails++, LONGEST_WAIT_MS));
    }
  }

  /** True: asking again is of no use. */
  private async read(): Promise<boolean> {
    const cut = new AbortController();
    const stop = () => cut.abort();
    this.ended.signal.addEventListener('abort', stop);
    let watch = setTimeout(stop, SILENCE_MS);
    try {
      const headers: Record<string, string> = { accept: 'text/event-stream' };
      if (this.last !== undefined) headers['last-event-id'] = this.last;
      const response = await send(new Request(new URL(this.path, location.origin), { headers, signal: cut.signal }));
      if (response.status === 404 || response.status === 403) return true;
      if (!response.ok || !response.body) return false;
      this.fails = 0;
      this.tell('live');
      const frames = new Frames();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return false;
        clearTimeout(watch);
        watch = setTimeout(stop, SILENCE_MS);
        for (const frame of frames.push(value)) {
          if (frame.id !== undefined) this.last = frame.id;
          this.hear(frame);
        }
      }
    } finally {
      clearTimeout(watch);
      this.ended.signal.removeEventListener('abort', stop);
    }
  }

  /** Or until the browser says that the line is back. */
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        window.removeEventListener('online', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      window.addEventListener('online', done);
      this.ended.signal.addEventListener('abort', done, { once: true });
    });
  }
}
