import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

export const receptionRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/reception',
    component: lazyRouteComponent(() => import('./StartPage'), 'StartPage'),
  }),
] as const;
