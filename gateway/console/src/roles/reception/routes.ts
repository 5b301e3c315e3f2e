import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** What a link to a screen may say: ids and days only. */
function search<Name extends string>(...names: Name[]) {
  return (raw: Record<string, unknown>): { [name in Name]?: string } => {
    const known: { [name in Name]?: string } = {};
    for (const name of names) {
      const value = text(raw[name]);
      if (value !== undefined) known[name] = value;
    }
    return known;
  };
}

export const receptionRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception',
    validateSearch: search('date', 'visit'),
    component: lazyRouteComponent(() => import('./board/DayPage'), 'DayPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/book',
    validateSearch: search('patient', 'doctor', 'at', 'move'),
    component: lazyRouteComponent(() => import('./booking/BookPage'), 'BookPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/patients',
    component: lazyRouteComponent(() => import('./patients/PatientsPage'), 'PatientsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/register',
    component: lazyRouteComponent(() => import('./patients/RegisterPage'), 'RegisterPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/patients/$id',
    component: lazyRouteComponent(() => import('./patients/RecordPage'), 'RecordPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/sign-ups',
    component: lazyRouteComponent(() => import('./patients/SignUpsPage'), 'SignUpsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/queues',
    validateSearch: search('queue'),
    component: lazyRouteComponent(() => import('./queues/QueuesPage'), 'QueuesPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/walk-in',
    validateSearch: search('patient', 'queue'),
    component: lazyRouteComponent(() => import('./queues/WalkInPage'), 'WalkInPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/waiting',
    validateSearch: search('patient', 'doctor'),
    component: lazyRouteComponent(() => import('./waiting/WaitingPage'), 'WaitingPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/disruptions',
    component: lazyRouteComponent(() => import('./disruptions/DisruptionsPage'), 'DisruptionsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception/disruptions/$id',
    component: lazyRouteComponent(() => import('./disruptions/DisruptionPage'), 'DisruptionPage'),
  }),
] as const;
