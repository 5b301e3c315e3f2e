import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { useMe } from '~/lib/session/useSession';
import { type Column, DataTable } from '~/ui/DataTable';
import { AnchorLink } from '~/ui/links';
import { Loaded } from '~/ui/States';

import { nameOf } from './prescription';

type Row = Schema<'LedgerRow'>;

export interface LedgerFilter {
  medicine_id?: string | undefined;
  kind?: Row['kind'] | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Every movement of stock, newest first. */
export function LedgerTable({ filter, height, ofOne }: { filter: LedgerFilter; height?: string; ofOne?: boolean }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const me = useMe();
  const list = usePages(['pharmacy', 'ledger', filter], ({ cursor, signal }) =>
    ok(api.GET('/v1/pharmacy/ledger', { params: { query: { ...filter, ...cursor } }, signal })),
  );
  const medicine: Column<Row> = {
    key: 'medicine',
    named: true,
    label: t('field.medicine'),
    cell: (row) => (
      <AnchorLink to="/pharmacy/medicines/$id" params={{ id: row.medicine_id }} size="sm">
        {nameOf(row.medicine)}
      </AnchorLink>
    ),
  };
  const columns: Column<Row>[] = [
    { key: 'at', whole: true, label: t('field.at'), cell: (row) => format.dateTime(row.at) },
    ...(ofOne ? [] : [medicine]),
    { key: 'lot', label: t('field.lot'), cell: (row) => row.lot_number },
    { key: 'kind', label: t('field.kind'), cell: (row) => t(`kind.${row.kind}`) },
    { key: 'delta', label: t('field.delta'), end: true, cell: (row) => format.signed(row.delta) },
    { key: 'balance', label: t('field.balance'), end: true, cell: (row) => format.number(row.balance) },
    { key: 'reason', label: t('field.reason'), cell: (row) => row.reason },
    { key: 'by', label: t('field.by'), cell: (row) => (row.by === me.id ? t('you') : `…${row.by.slice(-6)}`) },
  ];
  return (
    <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={t('ledger.empty')}>
      {(rows) => (
        <DataTable
          rows={rows}
          rowKey={(row) => `${row.at} ${row.lot_id} ${row.kind} ${row.balance}`}
          label={t('ledger.title')}
          more={list.more}
          columns={columns}
          {...(height ? { height } : {})}
        />
      )}
    </Loaded>
  );
}
