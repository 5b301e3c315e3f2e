import { Alert } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

import { reach } from '~/lib/api/reach';

const ASK_AGAIN_MS = 4_000;

/** Says that there is no line, asks for it, and brings every screen up to date as soon as it is back. */
export function Offline() {
  const { t } = useTranslation('app');
  const { online } = useNetwork();
  const reached = useSyncExternalStore(reach.subscribe, reach.read);
  const queries = useQueryClient();
  const away = !online || !reached;
  useEffect(() => {
    if (!away) return undefined;
    const ask = () => void fetch('/healthz', { cache: 'no-store' }).then(() => reach.tell(true)).catch(() => undefined);
    if (online) ask();
    const timer = setInterval(ask, ASK_AGAIN_MS);
    return () => {
      clearInterval(timer);
      void queries.invalidateQueries();
    };
  }, [away, online, queries]);
  if (!away) return null;
  return (
    <Alert color="orange" mb="sm" role="status">
      {t('offline')}
    </Alert>
  );
}
