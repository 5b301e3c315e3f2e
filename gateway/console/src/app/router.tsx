import { createRouter } from '@tanstack/react-router';

import { accountPages } from '~/public/account/routes';
import { boardPages } from '~/public/board/routes';
import { trackPages } from '~/public/track/routes';
import { administrationRoutes } from '~/roles/administration/routes';
import { doctorRoutes } from '~/roles/doctor/routes';
import { nurseRoutes } from '~/roles/nurse/routes';
import { patientRoutes } from '~/roles/patient/routes';
import { pharmacyRoutes } from '~/roles/pharmacy/routes';
import { receptionRoutes } from '~/roles/reception/routes';
import { LoadingPage } from '~/ui/States';

import { Crashed } from './Crashed';
import { accountRoute, homeRoute, rootRoute, shellRoute, shortcutsRoute } from './routes';

const tree = rootRoute.addChildren([
  shellRoute.addChildren([
    homeRoute,
    accountRoute,
    shortcutsRoute,
    ...receptionRoutes,
    ...nurseRoutes,
    ...doctorRoutes,
    ...pharmacyRoutes,
    ...administrationRoutes,
    ...patientRoutes,
  ]),
  ...accountPages,
  ...boardPages,
  ...trackPages,
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultPendingComponent: LoadingPage,
  defaultPendingMs: 200,
  defaultErrorComponent: Crashed,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
