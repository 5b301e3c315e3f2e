import { Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { session } from '~/lib/session/session';
import { useFacility } from '~/lib/session/useSession';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';

import { FacilityForm } from './FacilityForm';

export function FacilityPage() {
  const { t } = useTranslation('administration');
  const { id = '' } = useParams({ strict: false });
  const here = useFacility();
  const query = useQuery({
    queryKey: ['facilities', 'one', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/facilities/{id}', { params: { path: { id } }, signal })),
    // What somebody is typing is not replaced behind them.
    refetchOnWindowFocus: false,
  });
  return (
    <Page title={t('facilities.one')} heading={query.data && <span dir="auto">{query.data.name}</span>}>
      <Paper withBorder p="md">
        <Loaded query={query} rows={8}>
          {(facility) => (
            <FacilityForm
              key={facility.version}
              facility={facility}
              onSaved={() => {
                sayDone(t('saved'));
                // Its name, zone and currency stand on every screen.
                if (id === here.id) void session.reload();
              }}
            />
          )}
        </Loaded>
      </Paper>
    </Page>
  );
}
