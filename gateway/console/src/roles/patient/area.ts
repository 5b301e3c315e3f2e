import { IconCalendarHeart } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const patient: Area = {
  name: 'patient',
  roles: ['patient'],
  home: '/patient',
  nav: [{ to: '/patient', label: 'nav.start', icon: IconCalendarHeart }],
  commands: [],
};
