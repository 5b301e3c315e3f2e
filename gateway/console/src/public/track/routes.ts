import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { rootRoute } from '~/app/routes';

export const trackPages = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/track/$token',
    component: lazyRouteComponent(() => import('./TrackPage'), 'TrackPage'),
  }),
] as const;
