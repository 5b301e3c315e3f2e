import { Group, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPackageImport, IconPlus, IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { DataTable } from '~/ui/DataTable';
import { ExportButton } from '~/ui/ExportButton';
import { AnchorLink, ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import { nameOf } from './prescription';

/** The shelf: each medicine with what is there of it, kept for somebody, held back, and when the next lot expires. */
export function MedicinesPage() {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 200);
  const [active, setActive] = useState(true);
  const filter = { active, ...(q ? { q } : {}) };
  const list = usePages(['pharmacy', 'stock', filter], ({ cursor, signal }) =>
    ok(api.GET('/v1/pharmacy/stock', { params: { query: { ...filter, ...cursor, limit: 200 } }, signal })),
  );
  return (
    <Page
      title={t('medicines.title')}
      actions={
        <>
          <ExportButton path="/v1/pharmacy/stock" query={filter} name="stock" />
          <ButtonLink to="/pharmacy/receive" variant="default" leftSection={<IconPackageImport size={16} aria-hidden />}>
            {t('commands.receive')}
          </ButtonLink>
          <ButtonLink to="/pharmacy/medicines/new" leftSection={<IconPlus size={16} aria-hidden />}>
            {t('commands.medicine')}
          </ButtonLink>
        </>
      }
    >
      <Group align="flex-end">
        <TextInput
          label={t('medicine.search')}
          placeholder={t('medicine.find')}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label={t('medicines.which')}
          value={active ? 'active' : 'inactive'}
          data={[
            { value: 'active', label: t('medicines.active') },
            { value: 'inactive', label: t('medicines.inactive') },
          ]}
          onChange={(value) => setActive(value === 'active')}
        />
      </Group>
      <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={t('medicine.none')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => row.medicine_id}
            label={t('medicines.title')}
            more={list.more}
            onOpen={(row) => void navigate({ to: '/pharmacy/medicines/$id', params: { id: row.medicine_id } })}
            columns={[
              {
                key: 'name',
                named: true,
                label: t('field.medicine'),
                cell: (row) => (
                  <AnchorLink to="/pharmacy/medicines/$id" params={{ id: row.medicine_id }} size="sm" fw={500}>
                    {nameOf(row.medicine)}
                  </AnchorLink>
                ),
              },
              { key: 'level', label: t('field.level'), cell: (row) => (row.level === 'OK' ? '' : <Status value={row.level} />) },
              { key: 'available', label: t('item.available'), end: true, cell: (row) => format.number(row.available) },
              { key: 'reserved', label: t('field.reserved'), end: true, cell: (row) => format.number(row.reserved) },
              { key: 'on_hand', label: t('field.onHand'), end: true, cell: (row) => format.number(row.on_hand) },
              {
                key: 'held',
                label: t('field.heldBack'),
                end: true,
                cell: (row) => format.number(row.quarantined + row.recalled + row.expired),
              },
              { key: 'minimum', label: t('field.minimum'), end: true, cell: (row) => format.number(row.minimum_level) },
              { key: 'unit', label: t('field.unit'), cell: (row) => row.unit },
              { key: 'expires', whole: true, label: t('field.nextExpiry'), end: true, cell: (row) => format.day(row.next_expires_on) },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
