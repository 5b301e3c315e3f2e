import { Group, NativeSelect } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { DataTable } from '~/ui/DataTable';
import { ExportButton } from '~/ui/ExportButton';
import { Freshness } from '~/ui/Freshness';
import { AnchorLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import { nameOf } from './prescription';

type Kind = Schema<'Alert'>['kind'];
type Within = NonNullable<Schema<'Alert'>['within_days']>;
const KINDS: Kind[] = ['OUT', 'LOW', 'EXPIRED', 'EXPIRING'];
const AGAIN_MS = 60_000;

/** What runs out, has run out, expires soon or has expired: each with the way to the medicine. */
export function AlertsPage() {
  const { t } = useTranslation(['pharmacy', 'words']);
  const format = useFormat();
  const navigate = useNavigate();
  const [kind, setKind] = useState<Kind | ''>('');
  const [within, setWithin] = useState<Within>(90);
  // Days ask for what expires, and for nothing else.
  const filter = { kind: kind || undefined, within_days: kind === 'EXPIRING' ? within : undefined };
  const list = usePages(
    ['pharmacy', 'alerts', filter],
    ({ cursor, signal }) => ok(api.GET('/v1/pharmacy/alerts', { params: { query: { ...filter, ...cursor } }, signal })),
    { refetchInterval: AGAIN_MS, keep: true },
  );
  return (
    <Page
      title={t('alerts.title')}
      actions={
        <>
          <Freshness query={list.query} />
          <ExportButton path="/v1/pharmacy/alerts" query={{ kind: filter.kind, ...(filter.within_days ? { within_days: String(filter.within_days) } : {}) }} name="stock-alerts" />
        </>
      }
    >
      <Group align="flex-end" gap="xs">
        <NativeSelect
          label={t('field.kind')}
          value={kind}
          data={[{ value: '', label: t('all') }, ...KINDS.map((value) => ({ value, label: t(`words:status.${value}`) }))]}
          onChange={(event) => setKind(event.currentTarget.value as typeof kind)}
        />
        {kind === 'EXPIRING' && (
          <NativeSelect
            label={t('alerts.within')}
            value={String(within)}
            data={[30, 60, 90].map((days) => ({ value: String(days), label: t('alerts.days', { count: days }) }))}
            onChange={(event) => setWithin(Number(event.currentTarget.value) as Within)}
          />
        )}
      </Group>
      <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={t('alerts.empty')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => `${row.kind} ${row.medicine_id} ${row.lot_id ?? ''}`}
            label={t('alerts.title')}
            more={list.more}
            onOpen={(row) => void navigate({ to: '/pharmacy/medicines/$id', params: { id: row.medicine_id } })}
            columns={[
              { key: 'kind', label: t('field.kind'), cell: (row) => <Status value={row.kind} /> },
              {
                key: 'medicine',
                named: true,
                label: t('field.medicine'),
                cell: (row) => (
                  <AnchorLink to="/pharmacy/medicines/$id" params={{ id: row.medicine_id }} size="sm" fw={500}>
                    {nameOf(row.medicine)}
                  </AnchorLink>
                ),
              },
              { key: 'lot', label: t('field.lot'), cell: (row) => row.lot_number },
              { key: 'expires', label: t('field.expires'), cell: (row) => format.day(row.expires_on) },
              { key: 'available', label: t('item.available'), end: true, cell: (row) => format.number(row.available) },
              { key: 'on_hand', label: t('field.onHand'), end: true, cell: (row) => format.number(row.on_hand) },
              { key: 'minimum', label: t('field.minimum'), end: true, cell: (row) => format.number(row.minimum_level) },
              { key: 'since', label: t('field.since'), cell: (row) => format.date(row.since) },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
