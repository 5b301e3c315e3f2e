import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';

import { all, api, ok, type Schema } from '~/lib/api/client';

export type Doctor = Schema<'Doctor'>;
export type Queue = Schema<'Queue'>;
export type Unit = Schema<'Unit'>;

/** What seldom changes and every screen names: read once, kept for minutes. */
const SELDOM = { staleTime: 120_000, gcTime: 3_600_000 };

export function useDoctors() {
  return useQuery({
    ...SELDOM,
    queryKey: ['doctors', 'all'],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/doctors', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }))),
  });
}

export function useDepartments() {
  return useQuery({
    ...SELDOM,
    queryKey: ['departments', 'all'],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/departments', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }))),
  });
}

export function useSpecialties() {
  return useQuery({
    ...SELDOM,
    queryKey: ['specialties', 'all'],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/specialties', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }))),
  });
}

export function useQueues() {
  return useQuery({
    ...SELDOM,
    queryKey: ['queues', 'all'],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/queues', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }))),
  });
}

/** `doctorName(id)`; empty while it is not known. */
export function useDoctorName(): (id: string | undefined) => string {
  const doctors = useDoctors().data;
  const names = useMemo(() => new Map(doctors?.map((doctor) => [doctor.id, doctor.display_name])), [doctors]);
  return useCallback((id) => (id ? (names.get(id) ?? '') : ''), [names]);
}

export type Person = Schema<'PatientSuggestion'>;
const AT_ONCE = 100;

/** The people behind the ids of a list, for those whom the account may see. */
export function usePeople(ids: readonly (string | undefined)[]): (id: string | undefined) => Person | undefined {
  const wanted = useMemo(() => [...new Set(ids.filter((id): id is string => Boolean(id)))].sort(), [ids]);
  const people = useQuery<ReadonlyMap<string, Person>>({
    queryKey: ['patients', 'names', wanted.join()],
    enabled: wanted.length > 0,
    placeholderData: (before) => before,
    staleTime: 60_000,
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Person>> => {
      const chunks: string[] = [];
      for (let at = 0; at < wanted.length; at += AT_ONCE) chunks.push(wanted.slice(at, at + AT_ONCE).join());
      const pages = await Promise.all(
        chunks.map((some) => ok(api.GET('/v1/patients/suggest', { params: { query: { ids: some } }, signal }))),
      );
      return new Map(pages.flatMap((page) => page.items).map((person) => [person.id, person]));
    },
  });
  return useCallback((id) => (id ? people.data?.get(id) : undefined), [people.data]);
}
