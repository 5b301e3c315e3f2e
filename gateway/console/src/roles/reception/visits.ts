import { useQuery } from '@tanstack/react-query';

import { all, api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useCommand, type CommandOptions } from '~/lib/useCommand';

export type Visit = Schema<'Appointment'>;
export type Slot = Schema<'Slot'>;

/** What shows something else after any change of a visit. */
export const VISIT_VIEWS = [['appointments'], ['slots'], ['dashboard'], ['waiting-requests'], ['disruptions'], ['queue-entries']] as const;

/** Who holds the doctor's time. */
export const holdsTime = (visit: Visit) => visit.status !== 'CANCELLED' && visit.status !== 'NO_SHOW';
export const canMove = (visit: Visit) => visit.status === 'BOOKED';

export function useDayVisits(date: string) {
  return useQuery({
    queryKey: ['appointments', 'day', date],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/appointments', { params: { query: { date, limit: 200, ...(cursor ? { cursor } : {}) } }, signal })), 2000),
    refetchInterval: 15_000,
    placeholderData: (before, query) => (query?.queryKey[2] === date ? before : undefined),
  });
}

export function useVisit(id: string | undefined) {
  return useQuery({
    queryKey: ['appointments', 'one', id],
    enabled: id !== undefined,
    queryFn: ({ signal }) => ok(api.GET('/v1/appointments/{id}', { params: { path: { id: id ?? '' } }, signal })),
  });
}

export interface Move {
  visit: Visit;
  starts_at: string;
  doctor_id: string;
  /** Kept by the move unless it is given. */
  duration_min?: number;
}

export function useMove(options: CommandOptions<Move, Visit> = {}) {
  return useCommand(
    ({ visit, ...to }: Move, header) =>
      ok(api.POST('/v1/appointments/{id}/reschedule', { params: { path: { id: visit.id }, header: { ...header, ...ifMatch(visit) } }, body: to })),
    { refreshes: VISIT_VIEWS, ...options },
  );
}

export type Verb = 'check-in' | 'undo-check-in' | 'complete' | 'no-show' | 'cancel' | 'reinstate';

/** The commands of a visit. */
export function useVerb(options: CommandOptions<{ visit: Visit; verb: Verb; reason?: string }, Visit> = {}) {
  return useCommand(
    ({ visit, verb, reason }: { visit: Visit; verb: Verb; reason?: string }, key) => {
      const params = { path: { id: visit.id }, header: { ...key, ...ifMatch(visit) } };
      switch (verb) {
        case 'check-in': return ok(api.POST('/v1/appointments/{id}/check-in', { params, body: {} }));
        case 'undo-check-in': return ok(api.POST('/v1/appointments/{id}/undo-check-in', { params, body: {} }));
        case 'complete': return ok(api.POST('/v1/appointments/{id}/complete', { params, body: {} }));
        case 'no-show': return ok(api.POST('/v1/appointments/{id}/no-show', { params, body: {} }));
        case 'cancel': return ok(api.POST('/v1/appointments/{id}/cancel', { params, body: { reason: reason ?? '' } }));
        case 'reinstate': return ok(api.POST('/v1/appointments/{id}/reinstate', { params, body: { reason: reason ?? '' } }));
      }
    },
    { refreshes: VISIT_VIEWS, ...options },
  );
}
