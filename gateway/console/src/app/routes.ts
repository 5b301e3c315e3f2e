import { createRootRoute, createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { Crashed } from './Crashed';
import { NotFound } from './NotFound';
import { Root } from './Root';
import { Shell } from './Shell';

export const rootRoute = createRootRoute({ component: Root, notFoundComponent: NotFound, errorComponent: Crashed });

/** Everything behind the sign-in. */
export const shellRoute = createRoute({ getParentRoute: () => rootRoute, id: 'shell', component: Shell });

export const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./Home'), 'Home'),
});
export const accountRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/account/password',
  component: lazyRouteComponent(() => import('~/public/account/ChangePasswordPage'), 'ChangePasswordPage'),
});
export const shortcutsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/shortcuts',
  component: lazyRouteComponent(() => import('./Shortcuts'), 'Shortcuts'),
});
