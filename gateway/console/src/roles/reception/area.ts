import { IconLayoutDashboard } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const reception: Area = {
  name: 'reception',
  roles: ['receptionist', 'admin'],
  home: '/reception',
  nav: [{ to: '/reception', label: 'nav.start', icon: IconLayoutDashboard }],
  commands: [],
};
