import { useQuery } from '@tanstack/react-query';

import { all, api, ok, type Schema } from '~/lib/api/client';
import { instant } from '~/lib/format/zone';
import { OPEN_STATUSES } from '~/lib/live/useQueueLive';

export type Visit = Schema<'Appointment'>;
export type Doctor = Schema<'Doctor'>;
export type Place = Schema<'QueueEntry'>;

const RARELY_CHANGES_MS = 300_000;
const DAY_MS = 86_400_000;
/** How far back "my visits" looks; what is older stands in the history. */
const BACK_DAYS = 90;

export const isToCome = (visit: Visit) => ['BOOKED', 'CHECKED_IN', 'IN_CONSULTATION'].includes(visit.status);

export function useVisits() {
  return useQuery({
    queryKey: ['appointments', 'own'],
    queryFn: ({ signal }) =>
      all((cursor) =>
        ok(
          api.GET('/v1/appointments', {
            params: {
              query: { from: instant(Math.floor((Date.now() - BACK_DAYS * DAY_MS) / 1000) * 1000), limit: 200, ...(cursor ? { cursor } : {}) },
            },
            signal,
          }),
        ),
      ),
    refetchInterval: 60_000,
  });
}

export function useVisit(id: string) {
  return useQuery({
    queryKey: ['appointments', 'one', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/appointments/{id}', { params: { path: { id } }, signal })),
    refetchInterval: 30_000,
  });
}

/** Where one waits now, in any queue. */
export function usePlaces() {
  return useQuery({
    queryKey: ['queue-entries', 'own'],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        OPEN_STATUSES.map((status) => ok(api.GET('/v1/queue-entries', { params: { query: { status, limit: 20 } }, signal }))),
      );
      return pages.flatMap((page) => page.items);
    },
    refetchInterval: 15_000,
  });
}

export function useDoctors() {
  return useQuery({
    queryKey: ['doctors', 'own'],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/doctors', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }))),
    staleTime: RARELY_CHANGES_MS,
  });
}

export function useSpecialties() {
  return useQuery({
    queryKey: ['specialties', 'own'],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/specialties', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }))),
    staleTime: RARELY_CHANGES_MS,
  });
}

export function useDepartments() {
  return useQuery({
    queryKey: ['departments', 'own'],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/departments', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }))),
    staleTime: RARELY_CHANGES_MS,
  });
}

/** Names of what visits and prescriptions tell by id. */
export function useNames() {
  const doctors = useDoctors().data;
  const departments = useDepartments().data;
  const specialties = useSpecialties().data;
  return {
    doctor: (id: string | undefined) => doctors?.find((one) => one.id === id),
    department: (id: string | undefined) => departments?.find((one) => one.id === id)?.name,
    specialty: (code: string | undefined) => specialties?.find((one) => one.code === code)?.name ?? code,
  };
}
