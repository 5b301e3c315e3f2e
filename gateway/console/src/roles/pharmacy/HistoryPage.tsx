import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { DataTable } from '~/ui/DataTable';
import { DayRange, instantsOf } from '~/ui/DayRange';
import { ExportButton } from '~/ui/ExportButton';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { NumberLink, PatientCell } from './PendingPage';
import { nameOf } from './prescription';

type Prescription = Schema<'PharmacyPrescription'>;
const STATUSES: Prescription['status'][] = ['ISSUED', 'ON_HOLD', 'COMPLETED', 'STOPPED', 'CANCELLED', 'EXPIRED'];
const FULFILMENTS: Prescription['fulfilment'][] = ['NONE', 'RESERVED', 'PARTIAL', 'FULL', 'SHORT', 'DECLINED'];

/** Every prescription, also those that are done, by number, patient, state and day. */
export function HistoryPage() {
  const { t } = useTranslation(['pharmacy', 'words']);
  const { zone } = useFacility();
  const format = useFormat();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const [status, setStatus] = useState<Prescription['status'] | ''>('');
  const [fulfilment, setFulfilment] = useState<Prescription['fulfilment'] | ''>('');
  const [days, setDays] = useState({ from: addDays(today(zone), -30), to: today(zone) });
  const filter = { q: q || undefined, status: status || undefined, fulfilment: fulfilment || undefined, ...instantsOf(days, zone) };
  const list = usePages(['pharmacy', 'prescriptions', 'history', filter], ({ cursor, signal }) =>
    ok(api.GET('/v1/pharmacy/prescriptions', { params: { query: { ...filter, ...cursor } }, signal })),
  );
  return (
    <Page
      title={t('history.title')}
      actions={<ExportButton path="/v1/pharmacy/prescriptions" query={filter} name={`prescriptions-${days.from}-${days.to}`} />}
    >
      <Group align="flex-end" gap="xs">
        <TextInput
          label={t('pending.find')}
          placeholder={t('pending.findHint')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('field.status')}
          value={status}
          data={[{ value: '', label: t('all') }, ...STATUSES.map((value) => ({ value, label: t(`words:status.${value}`) }))]}
          onChange={(event) => setStatus(event.currentTarget.value as typeof status)}
        />
        <NativeSelect
          label={t('field.fulfilment')}
          value={fulfilment}
          data={[{ value: '', label: t('all') }, ...FULFILMENTS.map((value) => ({ value, label: t(`words:fulfilment.${value}`) }))]}
          onChange={(event) => setFulfilment(event.currentTarget.value as typeof fulfilment)}
        />
        <DayRange value={days} onChange={setDays} max={today(zone)} />
      </Group>
      <ZoneNotice />
      <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={t('pending.nothingFound')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => row.id}
            label={t('history.title')}
            more={list.more}
            onOpen={(row) => void navigate({ to: '/pharmacy/prescriptions/$id', params: { id: row.id } })}
            columns={[
              { key: 'number', label: t('field.number'), cell: (row) => <NumberLink prescription={row} /> },
              { key: 'issued', whole: true, label: t('field.issued'), cell: (row) => format.dateTime(row.issued_at) },
              { key: 'patient', named: true, label: t('field.patient'), cell: (row) => <PatientCell prescription={row} /> },
              { key: 'doctor', label: t('field.doctor'), cell: (row) => row.doctor.display_name },
              { key: 'items', named: true, label: t('field.medicines'), cell: (row) => row.items.map((item) => nameOf(item.medicine)).join(', ') },
              { key: 'status', label: t('field.status'), cell: (row) => <Status value={row.status} /> },
              { key: 'fulfilment', label: t('field.fulfilment'), cell: (row) => <Status value={row.fulfilment} /> },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
