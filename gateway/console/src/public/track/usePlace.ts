import { useQuery } from '@tanstack/react-query';

import type { Schema } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import type { LiveState } from '~/lib/live/useLive';
import { useNow } from '~/ui/Clock';

export type Position = Schema<'QueuePosition'>;

const EVERY_MS = 5_000;
/** Older than this it is not shown as if it were now. */
const STALE_MS = 20_000;

/** One's place, asked again and again; `state` says whether what stands there is as it is now. */
export function usePlace<Place extends Position>(key: readonly unknown[], ask: (signal: AbortSignal) => Promise<Place>) {
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(signal),
    refetchInterval: ({ state }) => (isProblem(state.error, 'not-found') ? false : EVERY_MS),
    refetchOnReconnect: true,
    staleTime: 0,
  });
  const now = useNow(5);
  const gone = isProblem(query.error) && query.error.status === 404;
  const old = query.dataUpdatedAt > 0 && now - query.dataUpdatedAt > STALE_MS;
  const state: LiveState = gone ? 'gone' : query.error || old ? 'reconnecting' : query.data ? 'live' : 'connecting';
  return { query, place: gone ? undefined : query.data, state };
}
