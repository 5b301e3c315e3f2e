import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { usePeople } from '~/lib/data/directory';
import { fullName, useFormat } from '~/lib/format/useFormat';
import { DataTable } from '~/ui/DataTable';
import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';

/** People who signed up and whose record was not found without doubt: the desk looks, and invites the right one. */
export function SignUpsPage() {
  const { t } = useTranslation('reception');
  const format = useFormat();
  const refused = useQuery({
    queryKey: ['patient-bindings'],
    queryFn: ({ signal }) => ok(api.GET('/v1/patient-bindings', { params: { query: { status: 'REFUSED', limit: 200 } }, signal })),
    refetchInterval: 60_000,
  });
  const people = usePeople(useMemo(() => refused.data?.items.flatMap((one) => one.candidates) ?? [], [refused.data]));
  return (
    <Page title={t('nav.signUps')}>
      <Text size="sm" c="dimmed">{t('signUps.what')}</Text>
      <Loaded query={refused} isEmpty={(page) => page.items.length === 0} empty={t('signUps.none')}>
        {(page) => (
          <DataTable
            label={t('nav.signUps')}
            rows={page.items}
            rowKey={(one) => one.account_id}
            columns={[
              { key: 'at', whole: true, label: t('visit.when'), cell: (one) => format.dateTime(one.at) },
              { key: 'name', named: true, label: t('patient.name'), cell: (one) => fullName(one) },
              { key: 'born', label: t('patient.birthDate'), cell: (one) => format.day(one.birth_date) },
              { key: 'why', label: t('signUps.why'), cell: (one) => t(`signUps.${one.reason}`) },
              {
                key: 'who',
                label: t('signUps.candidates'),
                cell: (one) => (
                  <Stack gap={2}>
                    {one.candidates.map((id) => (
                      <Anchor key={id} component={Link} to={`/reception/patients/${id}`} size="sm">
                        {people(id)?.display_name ?? '…'} {people(id)?.mrn}
                      </Anchor>
                    ))}
                  </Stack>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Page>
  );
}
