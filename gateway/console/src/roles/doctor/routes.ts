import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

export const doctorRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/doctor',
    component: lazyRouteComponent(() => import('./StartPage'), 'StartPage'),
  }),
] as const;
