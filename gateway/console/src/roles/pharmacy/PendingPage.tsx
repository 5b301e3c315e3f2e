import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { minutesBetween } from '~/lib/format/zone';
import { useNow } from '~/ui/Clock';
import { type Column, DataTable } from '~/ui/DataTable';
import { Freshness } from '~/ui/Freshness';
import { AnchorLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import { nameOf, type Prescription } from './prescription';
import { StockWord } from './StockWord';

const AGAIN_MS = 5_000;

/** What waits for the pharmacy, longest waiting first; read again every few seconds. */
export function PendingPage() {
  const { t } = useTranslation('pharmacy');
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const list = usePages(
    ['pharmacy', 'prescriptions', 'pending', q],
    ({ cursor, signal }) =>
      ok(api.GET('/v1/pharmacy/prescriptions', { params: { query: { pending: true, ...cursor, ...(q ? { q } : {}) } }, signal })),
    { refetchInterval: AGAIN_MS, keep: true },
  );
  const columns = usePendingColumns();
  const count = list.query.data?.length ?? 0;
  return (
    <Page title={t('pending.title')} actions={<Freshness query={list.query} />}>
      <Group justify="space-between" align="flex-end">
        <TextInput
          label={t('pending.find')}
          placeholder={t('pending.findHint')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          w={320}
          maw="100%"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed" role="status">
          {t('pending.count', { count })}
        </Text>
      </Group>
      <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={q ? t('pending.nothingFound') : t('pending.empty')}>
        {(rows) => (
          <DataTable
            rows={rows}
            columns={columns}
            rowKey={(row) => row.id}
            label={t('pending.title')}
            more={list.more}
            onOpen={(row) => void navigate({ to: '/pharmacy/prescriptions/$id', params: { id: row.id } })}
          />
        )}
      </Loaded>
    </Page>
  );
}

function usePendingColumns(): Column<Prescription>[] {
  const { t } = useTranslation('pharmacy');
  return [
    { key: 'number', label: t('field.number'), cell: (row) => <NumberLink prescription={row} /> },
    { key: 'patient', named: true, label: t('field.patient'), cell: (row) => <PatientCell prescription={row} /> },
    { key: 'items', named: true, label: t('field.medicines'), cell: (row) => <Medicines prescription={row} /> },
    { key: 'stock', label: t('field.stock'), cell: (row) => <StockWord prescription={row} /> },
    { key: 'fulfilment', label: t('field.fulfilment'), cell: (row) => <Status value={row.fulfilment} /> },
    { key: 'doctor', label: t('field.doctor'), cell: (row) => row.doctor.display_name },
    { key: 'since', label: t('field.waiting'), end: true, cell: (row) => <Waiting since={row.issued_at} /> },
  ];
}

export function NumberLink({ prescription }: { prescription: Prescription }) {
  return (
    <AnchorLink to="/pharmacy/prescriptions/$id" params={{ id: prescription.id }} size="sm" fw={500}>
      <span style={{ whiteSpace: 'nowrap' }}>{prescription.number}</span>
    </AnchorLink>
  );
}

export function PatientCell({ prescription: { patient } }: { prescription: Prescription }) {
  const { t } = useTranslation('pharmacy');
  return (
    <Stack gap={0}>
      <span>
        <bdi>{patient.display_name ?? t('patient.unknown')}</bdi>
      </span>
      <Text span size="xs" c="dimmed">
        {patient.mrn}
        {patient.allergies.length > 0 && (
          <Text span size="xs" c="red" fw={600}>
            {' '}
            {t('patient.allergic', { count: patient.allergies.length })}
          </Text>
        )}
      </Text>
    </Stack>
  );
}

function Medicines({ prescription }: { prescription: Prescription }) {
  const format = useFormat();
  return (
    <Stack gap={0}>
      {prescription.items.map((item) => (
        <span key={item.item_id} dir="auto">
          {nameOf(item.medicine)}{' '}
          <Text span size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            × {format.number(item.remaining)}
          </Text>
        </span>
      ))}
    </Stack>
  );
}

function Waiting({ since }: { since: string }) {
  const format = useFormat();
  const minutes = Math.max(0, minutesBetween(since, new Date(useNow()).toISOString()));
  return <span style={{ whiteSpace: 'nowrap' }}>{format.duration(minutes)}</span>;
}
