import { IconCalendarUser } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const doctor: Area = {
  name: 'doctor',
  roles: ['doctor'],
  home: '/doctor',
  nav: [{ to: '/doctor', label: 'nav.start', icon: IconCalendarUser }],
  commands: [],
};
