import { IconCalendarTime, IconCalendarUser, IconUsers } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const doctor: Area = {
  name: 'doctor',
  roles: ['doctor'],
  home: '/doctor',
  nav: [
    { to: '/doctor', label: 'nav.day', icon: IconCalendarUser, keys: 'g d' },
    { to: '/doctor/patients', label: 'nav.patients', icon: IconUsers, keys: 'g p' },
    { to: '/doctor/hours', label: 'nav.hours', icon: IconCalendarTime, keys: 'g h' },
  ],
  commands: [],
};
