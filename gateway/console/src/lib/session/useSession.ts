import { useSyncExternalStore } from 'react';

import { type Facility, type Me, type Role, session, type SessionState } from './session';

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.read);
}

/** For screens behind the sign-in: there is somebody. */
export function useMe(): Me {
  const { me } = useSession();
  if (!me) throw new Error('nobody is signed in');
  return me;
}

export function useFacility(): Facility & { zone: string; currency: string } {
  const { facility } = useSession();
  return {
    ...(facility ?? { id: '', code: '', name: '' }),
    zone: facility?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    currency: facility?.currency ?? 'EUR',
  };
}

/** `may('appointment_book')`, as the permission table says it for this account here. */
export function useMay(): (permission: string) => boolean {
  const { me } = useSession();
  return (permission) => Boolean(me?.permissions.includes(permission));
}

export function hasRole(state: SessionState, ...roles: Role[]): boolean {
  return roles.some((role) => state.roles.includes(role));
}
