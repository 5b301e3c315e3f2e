import { IconChartBar } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const administration: Area = {
  name: 'administration',
  roles: ['admin', 'installation_admin', 'auditor'],
  home: '/administration',
  nav: [{ to: '/administration', label: 'nav.start', icon: IconChartBar }],
  commands: [],
};
