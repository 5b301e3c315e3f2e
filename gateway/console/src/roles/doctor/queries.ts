import { useQuery } from '@tanstack/react-query';

import { all, api, ok } from '~/lib/api/client';
import { useDoctors, useQueues } from '~/lib/data/directory';
import { useMe } from '~/lib/session/useSession';

export function useDay() {
  return useQuery({
    queryKey: ['doctor-day'],
    queryFn: ({ signal }) => ok(api.GET('/v1/doctor-day', { signal })),
    refetchInterval: 30_000,
  });
}

/** The doctor's own entry in the directory, and the lines of their department. */
export function useOwnDoctor() {
  const { doctor_id: id } = useMe();
  const doctors = useDoctors();
  const queues = useQueues();
  const own = doctors.data?.find((one) => one.id === id);
  const of = (kind: string) => queues.data?.find((queue) => queue.department_id === own?.department_id && queue.kind === kind);
  return { id, own, regular: of('REGULAR'), emergency: of('EMERGENCY') };
}

export function useConsultation(id: string) {
  return useQuery({
    queryKey: ['consultation', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/consultations/{id}', { params: { path: { id } }, signal })),
  });
}

export function usePrescriptions(consultationId: string) {
  return useQuery({
    queryKey: ['prescriptions', consultationId],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/prescriptions', { params: { query: { consultation_id: consultationId, limit: 200, cursor } }, signal }))),
    // The pharmacy's word comes by event.
    refetchInterval: 30_000,
  });
}
