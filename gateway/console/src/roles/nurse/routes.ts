import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

export const nurseRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/nurse',
    component: lazyRouteComponent(() => import('./StartPage'), 'StartPage'),
  }),
] as const;
