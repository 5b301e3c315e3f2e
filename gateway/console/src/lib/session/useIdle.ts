import { useEffect, useState } from 'react';

import { listen, tell } from './channel';
import { session } from './session';

export const IDLE_MS = 15 * 60_000;
export const WARNING_MS = 60_000;
const TOLD_EVERY_MS = 5_000;

/** Seconds until the sign-in ends because nobody is there; undefined while there is time. Any tab's activity counts. */
export function useIdle(): number | undefined {
  const [left, setLeft] = useState<number>();

  useEffect(() => {
    let last = Date.now();
    let told = 0;
    const act = () => {
      last = Date.now();
      setLeft(undefined);
      if (last - told < TOLD_EVERY_MS) return;
      told = last;
      tell({ kind: 'active' });
    };
    const stop = listen((message) => {
      if (message.kind !== 'active') return;
      last = Date.now();
      setLeft(undefined);
    });
    const timer = setInterval(() => {
      const rest = last + IDLE_MS - Date.now();
      setLeft(rest <= WARNING_MS ? Math.max(0, Math.ceil(rest / 1000)) : undefined);
      if (rest <= 0 && session.state.status === 'in') void session.lock();
    }, 1_000);
    const signs = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
    for (const sign of signs) window.addEventListener(sign, act, { passive: true });
    return () => {
      stop();
      clearInterval(timer);
      for (const sign of signs) window.removeEventListener(sign, act);
    };
  }, []);

  return left;
}
