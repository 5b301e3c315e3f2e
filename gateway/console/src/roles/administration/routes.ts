import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

export const administrationRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: '/administration',
    component: lazyRouteComponent(() => import('./StartPage'), 'StartPage'),
  }),
] as const;
