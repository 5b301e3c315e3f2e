import { Code, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { useMay } from '~/lib/session/useSession';
import { DataTable } from '~/ui/DataTable';
import { AnchorLink } from '~/ui/links';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import classes from './AuditTable.module.css';

type Row = Schema<'AuditRow'>;

export interface AuditFilter {
  patient_id?: string | undefined;
  actor_id?: string | undefined;
  action?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** Who did what, when, from where; newest first. */
export function AuditTable({ filter, title }: { filter: AuditFilter; title?: string }) {
  const { t } = useTranslation('administration');
  const format = useFormat();
  const may = useMay();
  const list = usePages(['audit', filter], ({ cursor, signal }) => ok(api.GET('/v1/audit', { params: { query: { ...filter, ...cursor } }, signal })));
  const request = (row: Row) => [`${row.method} ${row.path_template}`, row.changed?.join(', ')].filter(Boolean).join(': ');
  const shown = may('patient_register');
  return (
    <>
      {title && (
        <Title order={2} size="h5">
          {title}
        </Title>
      )}
      <Loaded query={list.query} isEmpty={(rows) => rows.length === 0} empty={t('nothingFound')}>
        {(rows) => (
          <DataTable
            rows={rows}
            rowKey={(row) => row.id}
            label={title ?? t('nav.audit')}
            more={list.more}
            {...(title ? { height: '45vh' } : {})}
            columns={[
              { key: 'at', whole: true, label: t('field.at'), cell: (row) => format.dateTime(row.at) },
              { key: 'who', label: t('field.actor'), cell: (row) => row.actor_login },
              { key: 'action', label: t('field.action'), cell: (row) => t(`did.${row.action}`, { defaultValue: row.action }) },
              { key: 'patient', whole: true, label: t('field.patientId'), cell: (row) => row.patient_id && <Record id={row.patient_id} way={shown} /> },
              { key: 'outcome', label: t('field.outcome'), cell: (row) => <Status value={row.outcome} /> },
              { key: 'from', label: t('field.address'), cell: (row) => row.remote_addr },
              { key: 'what', label: t('field.what'), cell: (row) => <Code className={classes.request ?? ''}>{request(row)}</Code> },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

/** Whose record, by the end of its id: a name here would be one more reading of the record. */
function Record({ id, way }: { id: string; way: boolean }) {
  const { t } = useTranslation('administration');
  const words = t('record', { end: id.slice(-6) });
  if (!way) return <Text span size="sm">{words}</Text>;
  return (
    <AnchorLink to="/reception/patients/$id" params={{ id }} size="sm">
      {words}
    </AnchorLink>
  );
}
