import { useEffect, useState } from 'react';

/** Now, anew each so many seconds: for what ages on the screen. */
export function useNow(everyS = 30): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyS * 1000);
    return () => clearInterval(timer);
  }, [everyS]);
  return now;
}
