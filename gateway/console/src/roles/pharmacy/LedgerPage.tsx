import { Group, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import type { Schema } from '~/lib/api/client';
import { addDays, today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { DayRange, instantsOf } from '~/ui/DayRange';
import { ExportButton } from '~/ui/ExportButton';
import { Page } from '~/ui/Page';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { LedgerTable } from './LedgerTable';

type Kind = Schema<'LedgerRow'>['kind'];
const KINDS: Kind[] = ['RECEIPT', 'DISPENSE', 'RETURN', 'ADJUSTMENT', 'WRITE_OFF', 'COUNT', 'DISPOSAL'];

export function LedgerPage() {
  const { t } = useTranslation('pharmacy');
  const { zone } = useFacility();
  const [kind, setKind] = useState<Kind | ''>('');
  const [days, setDays] = useState({ from: addDays(today(zone), -30), to: today(zone) });
  const filter = { kind: kind || undefined, ...instantsOf(days, zone) };
  return (
    <Page
      title={t('ledger.title')}
      actions={<ExportButton path="/v1/pharmacy/ledger" query={filter} name={`stock-ledger-${days.from}-${days.to}`} />}
    >
      <Group align="flex-end" gap="xs">
        <NativeSelect
          label={t('field.kind')}
          value={kind}
          data={[{ value: '', label: t('all') }, ...KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))]}
          onChange={(event) => setKind(event.currentTarget.value as typeof kind)}
        />
        <DayRange value={days} onChange={setDays} max={today(zone)} />
      </Group>
      <ZoneNotice />
      <LedgerTable filter={filter} />
    </Page>
  );
}
