import {
  IconBuilding, IconBuildingHospital, IconCalendarOff, IconChartBar, IconDownload, IconHome, IconMail, IconMailCog, IconReportSearch,
  IconStethoscope, IconUserPlus, IconUsers,
} from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const administration: Area = {
  name: 'administration',
  roles: ['admin', 'installation_admin', 'auditor'],
  home: '/administration',
  nav: [
    { to: '/administration', label: 'nav.start', icon: IconHome, permission: 'dashboard_read', keys: 'a h' },
    { to: '/administration/figures', label: 'nav.figures', icon: IconChartBar, permission: 'appointment_figures', keys: 'a f' },
    { to: '/administration/accounts', label: 'nav.accounts', icon: IconUsers, permission: 'account_read', keys: 'a a' },
    { to: '/administration/doctors', label: 'nav.doctors', icon: IconStethoscope, permission: 'directory_write', keys: 'a d' },
    { to: '/administration/directory', label: 'nav.directory', icon: IconBuilding, permission: 'directory_write' },
    { to: '/administration/holidays', label: 'nav.holidays', icon: IconCalendarOff, permission: 'holiday_write' },
    { to: '/administration/facilities', label: 'nav.facilities', icon: IconBuildingHospital, permission: 'facility_update', keys: 'a s' },
    { to: '/administration/templates', label: 'nav.templates', icon: IconMailCog, permission: 'template_write' },
    { to: '/administration/messages', label: 'nav.messages', icon: IconMail, permission: 'notification_read', keys: 'a m' },
    { to: '/administration/exports', label: 'nav.exports', icon: IconDownload, permission: 'list_export' },
    { to: '/administration/audit', label: 'nav.audit', icon: IconReportSearch, permission: 'audit_read', keys: 'a l' },
  ],
  commands: [
    { id: 'account', label: 'commands.account', icon: IconUserPlus, to: '/administration/accounts/new', permission: 'account_write', keys: 'a n' },
    { id: 'doctor', label: 'commands.doctor', icon: IconStethoscope, to: '/administration/doctors/new', permission: 'directory_write' },
  ],
};
