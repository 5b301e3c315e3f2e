import { useEffect } from 'react';

/** A tablet on the wall does not go dark, where the browser can keep it awake. */
export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let ended = false;
    const ask = () => {
      if (document.visibilityState !== 'visible') return;
      navigator.wakeLock
        ?.request('screen')
        .then((held) => {
          if (ended) void held.release();
          else lock = held;
        })
        .catch(() => undefined);  // low battery, or not allowed: the board works all the same
    };
    ask();
    document.addEventListener('visibilitychange', ask);
    return () => {
      ended = true;
      document.removeEventListener('visibilitychange', ask);
      void lock?.release();
    };
  }, []);
}
