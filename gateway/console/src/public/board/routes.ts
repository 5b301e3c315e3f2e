import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { rootRoute } from '~/app/routes';

export const boardPages = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/board/$token',
    component: lazyRouteComponent(() => import('./BoardPage'), 'BoardPage'),
  }),
] as const;
