import { useInfiniteQuery, useQuery } from '@tanstack/react-query';

import { api, ok, type Schema } from '~/lib/api/client';

export function useEntry(id: string | undefined) {
  return useQuery({
    queryKey: ['queue-entry', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/queue-entries/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: Boolean(id),
  });
}

export function usePatient(id: string | undefined) {
  return useQuery({
    queryKey: ['patient', id],
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/v1/patients/{id}', { params: { path: { id: id ?? '' } }, signal }))) as Schema<'Patient'>,
    enabled: Boolean(id),
    staleTime: 60_000,
  });
}

/** What happened to a patient here, newest first. */
export function useHistory(patientId: string) {
  return useInfiniteQuery({
    queryKey: ['history', patientId],
    queryFn: ({ pageParam, signal }) =>
      ok(api.GET('/v1/patients/{id}/history', { params: { path: { id: patientId }, query: { limit: 100, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 10_000,
  });
}
