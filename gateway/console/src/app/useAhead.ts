import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

import { session } from '~/lib/session/session';

import { areasOf } from './areas';

/** Once there is nothing else to do, the account's own screens are loaded: they open at once, and without a line, too. */
export function useAhead(): void {
  const router = useRouter();
  useEffect(() => {
    const load = () => {
      for (const item of areasOf(session.state).flatMap((area) => area.nav)) {
        void router.preloadRoute({ to: item.to }).catch(() => undefined);
      }
    };
    // Safari has no idle callback.
    const wait = window.requestIdleCallback ?? ((act: () => void) => setTimeout(act, 2_000));
    const asked = wait(load);
    return () => (window.cancelIdleCallback ?? clearTimeout)(asked);
  }, [router]);
}
