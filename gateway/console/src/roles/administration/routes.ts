import { createRoute, lazyRouteComponent } from '@tanstack/react-router';

import { shellRoute } from '~/app/routes';

const getParentRoute = () => shellRoute;

export const administrationRoutes = [
  createRoute({
    getParentRoute,
    path: '/administration',
    component: lazyRouteComponent(() => import('./DashboardPage'), 'DashboardPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/figures',
    component: lazyRouteComponent(() => import('./FiguresPage'), 'FiguresPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/accounts',
    component: lazyRouteComponent(() => import('./AccountsPage'), 'AccountsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/accounts/new',
    component: lazyRouteComponent(() => import('./NewAccountPage'), 'NewAccountPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/accounts/$id',
    component: lazyRouteComponent(() => import('./AccountPage'), 'AccountPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/doctors',
    component: lazyRouteComponent(() => import('./DoctorsPage'), 'DoctorsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/doctors/new',
    component: lazyRouteComponent(() => import('./NewDoctorPage'), 'NewDoctorPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/doctors/$id',
    component: lazyRouteComponent(() => import('./DoctorPage'), 'DoctorPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/directory',
    component: lazyRouteComponent(() => import('./DirectoryPage'), 'DirectoryPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/holidays',
    component: lazyRouteComponent(() => import('./HolidaysPage'), 'HolidaysPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/facilities',
    component: lazyRouteComponent(() => import('./FacilitiesPage'), 'FacilitiesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/facilities/$id',
    component: lazyRouteComponent(() => import('./FacilityPage'), 'FacilityPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/templates',
    component: lazyRouteComponent(() => import('./TemplatesPage'), 'TemplatesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/messages',
    component: lazyRouteComponent(() => import('./MessagesPage'), 'MessagesPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/exports',
    component: lazyRouteComponent(() => import('./ExportsPage'), 'ExportsPage'),
  }),
  createRoute({
    getParentRoute,
    path: '/administration/audit',
    component: lazyRouteComponent(() => import('./AuditPage'), 'AuditPage'),
  }),
] as const;
