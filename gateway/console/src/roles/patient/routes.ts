import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

export const patientRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/patient',
    component: lazyRouteComponent(() => import('./StartPage'), 'StartPage'),
  }),
] as const;
