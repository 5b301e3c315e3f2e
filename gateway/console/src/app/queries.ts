import { QueryClient } from '@tanstack/react-query';

/** The transport repeats what is worth it, so nothing is repeated here. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: false, staleTime: 5_000, refetchOnWindowFocus: true, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});
