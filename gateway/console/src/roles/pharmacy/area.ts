import { IconPill } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const pharmacy: Area = {
  name: 'pharmacy',
  roles: ['pharmacist'],
  home: '/pharmacy',
  nav: [{ to: '/pharmacy', label: 'nav.start', icon: IconPill }],
  commands: [],
};
