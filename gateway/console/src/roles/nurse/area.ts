import { IconStethoscope, IconUsers } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const nurse: Area = {
  name: 'nurse',
  roles: ['nurse'],
  home: '/nurse',
  nav: [
    { to: '/nurse', label: 'nav.queue', icon: IconStethoscope, keys: 'g q' },
    { to: '/nurse/patients', label: 'nav.patients', icon: IconUsers, keys: 'g p' },
  ],
  commands: [],
};
