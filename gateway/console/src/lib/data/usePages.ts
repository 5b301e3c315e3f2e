import { useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import { useMemo } from 'react';

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

export interface ReadPage {
  /** Into the query of the request; empty for the first page. */
  cursor: { cursor?: string };
  signal: AbortSignal;
}

interface Options {
  refetchInterval?: number;
  /** What was found before stays on the screen until what is looked for now is there. */
  keep?: boolean;
}

/**
 * A list of the API, page by page: `query` is for `Loaded`, `more` for `DataTable`.
 *
 *   const visits = usePages(['appointments', id], ({ cursor, signal }) =>
 *     ok(api.GET('/v1/appointments', { params: { query: { patient_id: id, ...cursor } }, signal })));
 */
export function usePages<Item>(queryKey: readonly unknown[], read: (page: ReadPage) => Promise<Page<Item>>, options: Options = {}) {
  const query = useInfiniteQuery<Page<Item>, Error, InfiniteData<Page<Item>, string | undefined>, readonly unknown[], string | undefined>({
    queryKey,
    queryFn: ({ pageParam, signal }) => read({ cursor: pageParam ? { cursor: pageParam } : {}, signal }),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    ...(options.refetchInterval ? { refetchInterval: options.refetchInterval } : {}),
    ...(options.keep ? { placeholderData: (before: InfiniteData<Page<Item>, string | undefined> | undefined) => before } : {}),
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  return {
    query: { data: rows, error: query.error, isPending: query.isPending, refetch: query.refetch, dataUpdatedAt: query.dataUpdatedAt },
    more: query.hasNextPage ? { load: () => void query.fetchNextPage(), loading: query.isFetchingNextPage } : undefined,
  };
}
