import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

const getParentRoute = () => shellRoute;

export const pharmacyRoutes = [
  createRoute({
    getParentRoute,
    path: '/pharmacy',
    component: lazyRouteComponent(() => import('./PendingPage'), 'PendingPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/pharmacy/prescriptions',
    component: lazyRouteComponent(() => import('./HistoryPage'), 'HistoryPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/pharmacy/prescriptions/$id',
    component: lazyRouteComponent(() => import('./PrescriptionPage'), 'PrescriptionPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/pharmacy/medicines',
    component: lazyRouteComponent(() => import('./MedicinesPage'), 'MedicinesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/pharmacy/medicines/new',
    component: lazyRouteComponent(() => import('./NewMedicinePage'), 'NewMedicinePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/pharmacy/medicines/$id',
    component: lazyRouteComponent(() => import('./MedicinePage'), 'MedicinePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/pharmacy/receive',
    validateSearch: (search): { medicine?: string } => (typeof search.medicine === 'string' ? { medicine: search.medicine } : {}),
    component: lazyRouteComponent(() => import('./ReceivePage'), 'ReceivePage'),
  }),
  createRoute({
    getParentRoute,
    path: '/pharmacy/alerts',
    component: lazyRouteComponent(() => import('./AlertsPage'), 'AlertsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/pharmacy/ledger',
    component: lazyRouteComponent(() => import('./LedgerPage'), 'LedgerPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/pharmacy/figures',
    component: lazyRouteComponent(() => import('./FiguresPage'), 'FiguresPage'),
  }),
] as const;
