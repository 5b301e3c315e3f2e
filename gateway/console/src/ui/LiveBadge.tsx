import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { LiveState } from '~/lib/live/useLive';

const COLORS: Record<LiveState, string> = { connecting: 'gray', live: 'teal', reconnecting: 'orange', gone: 'red' };

/** Says whether what stands here is as it is now; a change is read out. */
export function LiveBadge({ state }: { state: LiveState }) {
  const { t } = useTranslation('ui');
  return (
    <Badge color={COLORS[state]} variant={state === 'live' ? 'light' : 'filled'} role="status" data-live={state}>
      {t(`live.${state}`)}
    </Badge>
  );
}
