import { Button, Group, Menu, Modal, Paper, Title } from '@mantine/core';
import { IconDots, IconPackageImport, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { DataTable } from '~/ui/DataTable';
import { Facts } from '~/ui/Facts';
import { ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import { LotDialog, type LotVerb, verbsOf } from './LotDialog';
import { LedgerTable } from './LedgerTable';
import { MedicineForm } from './MedicineForm';
import { nameOf, PHARMACY } from './prescription';

type Medicine = Schema<'Medicine'>;
type Lot = Schema<'Lot'>;

/** One medicine: its data, its lots and what can be done with each, and every movement. */
export function MedicinePage() {
  const { t } = useTranslation('pharmacy');
  const { id = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['pharmacy', 'medicine', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/pharmacy/medicines/{id}', { params: { path: { id } }, signal })),
  });
  return (
    <Page
      title={t('field.medicine')}
      heading={query.data ? <span dir="auto">{nameOf(query.data)}</span> : undefined}
      actions={query.data && <Actions medicine={query.data} />}
    >
      <Loaded query={query}>
        {(medicine) => (
          <>
            <Data medicine={medicine} />
            <Lots medicine={medicine} />
            <Title order={2} size="h5">
              {t('ledger.title')}
            </Title>
            <LedgerTable filter={{ medicine_id: medicine.id }} height="40vh" ofOne />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Data({ medicine }: { medicine: Medicine }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  return (
    <Paper withBorder p="md">
      <Facts
        inline
        rows={[
          [t('field.status'), <Status key="status" value={medicine.active ? 'ACTIVE' : 'INACTIVE'} />],
          [t('item.available'), format.number(medicine.available)],
          [t('field.reserved'), format.number(medicine.reserved)],
          [t('field.onHand'), format.number(medicine.on_hand)],
          [t('field.minimum'), format.number(medicine.minimum_level)],
          [t('field.unit'), medicine.unit],
          [t('field.price'), medicine.price && format.money(medicine.price)],
        ]}
      />
    </Paper>
  );
}

function Actions({ medicine }: { medicine: Medicine }) {
  const { t } = useTranslation('pharmacy');
  const [editing, setEditing] = useState(false);
  const { id } = medicine;
  const turn = useCommand(
    (act: 'deactivate' | 'reactivate', header) => {
      const request = { params: { path: { id }, header }, body: {} };
      return act === 'deactivate'
        ? ok(api.POST('/v1/pharmacy/medicines/{id}/deactivate', request))
        : ok(api.POST('/v1/pharmacy/medicines/{id}/reactivate', request));
    },
    { refreshes: PHARMACY, onDone: () => sayDone(t('done.medicine')) },
  );
  return (
    <>
      <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setEditing(true)}>
        {t('act.edit')}
      </Button>
      <Button
        variant="default"
        loading={turn.busy}
        onClick={() => turn.run(medicine.active ? 'deactivate' : 'reactivate')}
      >
        {medicine.active ? t('act.deactivate') : t('act.reactivate')}
      </Button>
      <ButtonLink to="/pharmacy/receive" search={{ medicine: id }} leftSection={<IconPackageImport size={16} aria-hidden />}>
        {t('commands.receive')}
      </ButtonLink>
      <Modal opened={editing} onClose={() => setEditing(false)} title={t('act.edit')}>
        {editing && (
          <MedicineForm
            medicine={medicine}
            onCancel={() => setEditing(false)}
            onSaved={() => {
              setEditing(false);
              sayDone(t('done.medicine'));
            }}
          />
        )}
      </Modal>
    </>
  );
}

function Lots({ medicine }: { medicine: Medicine }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const [asked, setAsked] = useState<{ lot: Lot; verb: LotVerb }>();
  const list = usePages(['pharmacy', 'lots', medicine.id, 'all'], ({ cursor, signal }) =>
    ok(api.GET('/v1/pharmacy/medicines/{id}/lots', { params: { path: { id: medicine.id }, query: { ...cursor } }, signal })),
  );
  return (
    <>
      <Title order={2} size="h5">
        {t('lots.title')}
      </Title>
      <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={t('lots.empty')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => row.id}
            label={t('lots.title')}
            more={list.more}
            height="45vh"
            columns={[
              { key: 'lot', label: t('field.lot'), cell: (row) => row.lot_number },
              { key: 'status', label: t('field.status'), cell: (row) => <LotState lot={row} /> },
              { key: 'expires', label: t('field.expires'), cell: (row) => format.day(row.expires_on) },
              { key: 'on_hand', label: t('field.onHand'), end: true, cell: (row) => format.number(row.on_hand) },
              { key: 'reserved', label: t('field.reserved'), end: true, cell: (row) => format.number(row.reserved) },
              { key: 'cost', label: t('field.cost'), end: true, cell: (row) => format.money(row.unit_cost) },
              { key: 'supplier', label: t('field.supplier'), cell: (row) => row.supplier },
              { key: 'act', label: t('field.actions'), end: true, cell: (row) => <LotMenu lot={row} onAsk={(verb) => setAsked({ lot: row, verb })} /> },
            ]}
          />
        )}
      </Loaded>
      <LotDialog asked={asked} onClose={() => setAsked(undefined)} />
    </>
  );
}

function LotState({ lot }: { lot: Lot }) {
  return (
    <Group gap={4}>
      <Status value={lot.status} />
      {lot.expired && <Status value="EXPIRED" />}
    </Group>
  );
}

function LotMenu({ lot, onAsk }: { lot: Lot; onAsk: (verb: LotVerb) => void }) {
  const { t } = useTranslation('pharmacy');
  const verbs = verbsOf(lot);
  if (verbs.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="compact-sm" variant="default" aria-label={t('lots.actionsOf', { lot: lot.lot_number })}>
          <IconDots size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {verbs.map((verb) => (
          <Menu.Item key={verb} color={verb === 'recall' || verb === 'dispose' ? 'red' : undefined} onClick={() => onAsk(verb)}>
            {t(`lot.${verb}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
