import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { DataTable } from '~/ui/DataTable';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

export function StartPage() {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const visits = useQuery({
    queryKey: ['appointments', 'own'],
    queryFn: ({ signal }) => ok(api.GET('/v1/appointments', { params: { query: { limit: 50 } }, signal })),
  });
  return (
    <Page title={t('start.title')}>
      <ZoneNotice />
      <Loaded query={visits} isEmpty={(page) => page.items.length === 0} empty={t('start.none')}>
        {(page) => (
          <DataTable
            label={t('start.title')}
            rows={page.items}
            rowKey={(visit) => visit.id}
            columns={[
              { key: 'at', label: t('start.title'), cell: (visit) => format.dayTime(visit.starts_at) },
              { key: 'status', label: '', cell: (visit) => <Status value={visit.status} /> },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
