import { IconAlertOctagon, IconCalendarPlus, IconCalendarTime, IconClockHour4, IconSearch, IconTicket, IconUserPlus, IconUserQuestion,
  IconUsers, IconUsersGroup } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const reception: Area = {
  name: 'reception',
  roles: ['receptionist', 'admin'],
  home: '/reception',
  nav: [
    { to: '/reception', label: 'nav.day', icon: IconCalendarTime, permission: 'appointment_read', keys: 'g d' },
    { to: '/reception/book', label: 'nav.book', icon: IconCalendarPlus, permission: 'appointment_book', keys: 'b' },
    { to: '/reception/patients', label: 'nav.patients', icon: IconUsers, permission: 'patient_read', keys: 'g p' },
    { to: '/reception/queues', label: 'nav.queues', icon: IconUsersGroup, permission: 'queue_stream', keys: 'g q' },
    { to: '/reception/waiting', label: 'nav.waiting', icon: IconClockHour4, permission: 'waiting_request_read', keys: 'g w' },
    { to: '/reception/disruptions', label: 'nav.disruptions', icon: IconAlertOctagon, permission: 'disruption_read', keys: 'g x' },
    { to: '/reception/sign-ups', label: 'nav.signUps', icon: IconUserQuestion, permission: 'patient_binding_read', keys: 'g s' },
  ],
  commands: [
    { id: 'register', to: '/reception/register', label: 'command.register', icon: IconUserPlus, permission: 'patient_register', keys: 'n' },
    { id: 'walk-in', to: '/reception/walk-in', label: 'command.walkIn', icon: IconTicket, permission: 'queue_entry_create', keys: 'w' },
    { id: 'search', to: '/reception/patients', label: 'command.search', icon: IconSearch, permission: 'patient_read', keys: '/' },
  ],
};
