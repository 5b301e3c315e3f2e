import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

export const consultationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/doctor/consultations/$consultationId',
  component: lazyRouteComponent(() => import('./ConsultationPage'), 'ConsultationPage'),
});
export const patientRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/doctor/patients/$patientId',
  component: lazyRouteComponent(() => import('./PatientPage'), 'PatientPage'),
});

export const doctorRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/doctor',
    component: lazyRouteComponent(() => import('./DayPage'), 'DayPage'),
  }),
  consultationRoute,
  patientRoute,
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/doctor/patients',
    component: lazyRouteComponent(() => import('./PatientsPage'), 'PatientsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/doctor/hours',
    component: lazyRouteComponent(() => import('./HoursPage'), 'HoursPage'),
  }),
] as const;
