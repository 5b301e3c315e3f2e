import { IconStethoscope } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const nurse: Area = {
  name: 'nurse',
  roles: ['nurse'],
  home: '/nurse',
  nav: [{ to: '/nurse', label: 'nav.start', icon: IconStethoscope }],
  commands: [],
};
