import { IconAlertTriangle, IconChartBar, IconHistory, IconListCheck, IconNotebook, IconPackageImport, IconPill, IconPlus } from '@tabler/icons-react';

import type { Area } from '~/app/area';

export const pharmacy: Area = {
  name: 'pharmacy',
  roles: ['pharmacist'],
  home: '/pharmacy',
  nav: [
    { to: '/pharmacy', label: 'nav.pending', icon: IconListCheck, keys: 'g p' },
    { to: '/pharmacy/prescriptions', label: 'nav.history', icon: IconHistory, keys: 'g h' },
    { to: '/pharmacy/medicines', label: 'nav.medicines', icon: IconPill, keys: 'g m' },
    { to: '/pharmacy/alerts', label: 'nav.alerts', icon: IconAlertTriangle, keys: 'g a' },
    { to: '/pharmacy/ledger', label: 'nav.ledger', icon: IconNotebook, keys: 'g l' },
    { to: '/pharmacy/figures', label: 'nav.figures', icon: IconChartBar, keys: 'g f' },
  ],
  commands: [
    { id: 'receive', label: 'commands.receive', icon: IconPackageImport, to: '/pharmacy/receive', keys: 'n r', keywords: 'commands.receiveWords' },
    { id: 'medicine', label: 'commands.medicine', icon: IconPlus, to: '/pharmacy/medicines/new', keys: 'n m' },
  ],
};
