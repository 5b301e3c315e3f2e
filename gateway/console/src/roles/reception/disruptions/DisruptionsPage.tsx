import { Select } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useDoctorName } from '~/lib/data/directory';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { DataTable } from '~/ui/DataTable';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

type State = Schema<'Disruption'>['status'];

/** Leaves, holidays and changed hours that strand visits, and whether somebody has seen to them. */
export function DisruptionsPage() {
  const { t } = useTranslation(['reception', 'words']);
  const format = useFormat();
  const doctorName = useDoctorName();
  const navigate = useNavigate();
  const [status, setStatus] = useState<State | null>('PROPOSED');
  const disruptions = usePages(
    ['disruptions', 'list', status],
    ({ cursor, signal }) => ok(api.GET('/v1/disruptions', { params: { query: { ...(status ? { status } : {}), ...cursor } }, signal })),
    { refetchInterval: 15_000 },
  );
  return (
    <Page title={t('reception:nav.disruptions')}>
      <Select
        aria-label={t('reception:status')}
        maw={220}
        clearable
        placeholder={t('reception:patients.all')}
        data={(['PROPOSED', 'APPLIED', 'CLOSED'] as const).map((one) => ({ value: one, label: t(`words:status.${one}`) }))}
        value={status}
        onChange={(next) => setStatus(next as State | null)}
      />
      <ZoneNotice />
      <Loaded query={disruptions.query} isEmpty={(found) => found.length === 0} empty={t('reception:disruption.none')}>
        {(found) => (
          <DataTable
            label={t('reception:nav.disruptions')}
            rows={found}
            rowKey={(one) => one.id}
            onOpen={(one) => void navigate({ to: '/reception/disruptions/$id', params: { id: one.id } })}
            more={disruptions.more}
            columns={[
              {
                key: 'what', label: t('reception:disruption.why'),
                cell: (one) => (
                  <Link to="/reception/disruptions/$id" params={{ id: one.id }} onClick={(event) => event.stopPropagation()}>
                    {one.reason}
                  </Link>
                ),
              },
              { key: 'who', named: true, label: t('reception:doctor'), cell: (one) => doctorName(one.doctor_id) || t('reception:disruption.everybody') },
              { key: 'when', label: t('reception:visit.when'), cell: (one) => format.span(one.from, one.to) },
              { key: 'left', label: t('reception:disruption.left'), end: true, cell: (one) => format.number(one.items.filter((item) => !item.applied).length) },
              { key: 'status', label: t('reception:status'), cell: (one) => <Status value={one.status} /> },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
