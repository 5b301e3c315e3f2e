import { useQuery } from '@tanstack/react-query';

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
