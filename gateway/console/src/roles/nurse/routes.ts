import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

export const queueRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/nurse',
  validateSearch: (search: Record<string, unknown>): { department?: string } => {
    const department = text(search.department);
    return department ? { department } : {};
  },
  component: lazyRouteComponent(() => import('./QueuePage'), 'QueuePage'),
});
export const triageRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/nurse/entries/$entryId',
  component: lazyRouteComponent(() => import('./TriagePage'), 'TriagePage'),
});
export const patientRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/nurse/patients/$patientId',
  component: lazyRouteComponent(() => import('./PatientPage'), 'PatientPage'),
});

export const nurseRoutes = [
  queueRoute,
  triageRoute,
  patientRoute,
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/nurse/patients',
    component: lazyRouteComponent(() => import('./PatientsPage'), 'PatientsPage'),
  }),
] as const;
