import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

export const pharmacyRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/pharmacy',
    component: lazyRouteComponent(() => import('./StartPage'), 'StartPage'),
  }),
] as const;
