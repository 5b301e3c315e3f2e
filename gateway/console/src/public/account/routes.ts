import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { rootRoute } from '~/app/routes';

const pages = () => import('./MailPages');

/** What mails link to, and what one needs before one is signed in. */
export const accountPages = [
  createRoute({ getParentRoute: () => rootRoute, path: '/verify-email', component: lazyRouteComponent(pages, 'VerifyEmail') }),
  createRoute({ getParentRoute: () => rootRoute, path: '/accept-invite', component: lazyRouteComponent(pages, 'AcceptInvite') }),
  createRoute({ getParentRoute: () => rootRoute, path: '/reset-password', component: lazyRouteComponent(pages, 'ResetPassword') }),
  createRoute({ getParentRoute: () => rootRoute, path: '/forgot-password', component: lazyRouteComponent(pages, 'ForgotPassword') }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/sign-up',
    component: lazyRouteComponent(() => import('./SignUp'), 'SignUp'),
  }),
] as const;
