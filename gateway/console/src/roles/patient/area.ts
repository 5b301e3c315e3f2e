import { IconCalendarHeart, IconCalendarPlus, IconHistory, IconPill, IconStethoscope, IconUserHeart } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const patient: Area = {
  name: 'patient',
  roles: ['patient'],
  home: '/patient',
  nav: [
    { to: '/patient', label: 'nav.start', icon: IconCalendarHeart, keys: 'g v' },
    { to: '/patient/book', label: 'nav.book', icon: IconCalendarPlus, keys: 'g b' },
    { to: '/patient/assess', label: 'nav.assess', icon: IconStethoscope, keys: 'g q' },
    { to: '/patient/prescriptions', label: 'nav.prescriptions', icon: IconPill, keys: 'g p' },
    { to: '/patient/history', label: 'nav.history', icon: IconHistory, keys: 'g h' },
    { to: '/patient/profile', label: 'nav.profile', icon: IconUserHeart, keys: 'g m' },
  ],
  commands: [],
};
