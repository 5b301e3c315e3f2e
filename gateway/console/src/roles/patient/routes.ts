import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

/** Ids only: which doctor, which answers about the complaint, which time. */
export interface BookSearch {
  doctor?: string;
  specialty?: string;
  assessment?: string;
  /** The chosen time: an instant, and whose it is. */
  at?: string;
  with?: string;
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

function bookSearch(search: Record<string, unknown>): BookSearch {
  const read = (name: keyof BookSearch) => {
    const value = text(search[name]);
    return value === undefined ? {} : { [name]: value };
  };
  return { ...read('doctor'), ...read('specialty'), ...read('assessment'), ...read('at'), ...read('with') };
}

export const patientRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient',
    component: lazyRouteComponent(() => import('./StartPage'), 'StartPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient/book',
    validateSearch: bookSearch,
    component: lazyRouteComponent(() => import('./BookPage'), 'BookPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient/assess',
    component: lazyRouteComponent(() => import('./AssessPage'), 'AssessPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient/visits/$id',
    component: lazyRouteComponent(() => import('./VisitPage'), 'VisitPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient/visits/$id/move',
    component: lazyRouteComponent(() => import('./MovePage'), 'MovePage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient/prescriptions',
    component: lazyRouteComponent(() => import('./PrescriptionsPage'), 'PrescriptionsPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient/history',
    component: lazyRouteComponent(() => import('./HistoryPage'), 'HistoryPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient/consultations/$id',
    component: lazyRouteComponent(() => import('./ConsultationPage'), 'ConsultationPage'),
  }),
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient/profile',
    component: lazyRouteComponent(() => import('./ProfilePage'), 'ProfilePage'),
  }),
] as const;
