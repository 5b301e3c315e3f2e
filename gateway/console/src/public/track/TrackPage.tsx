import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

/** One's own place in the queue, by the link on the ticket. */
export function TrackPage() {
  const { t } = useTranslation('track');
  const { token } = getRouteApi('/track/$token').useParams();
  const ticket = useQuery({
    queryKey: ['track', token],
    queryFn: ({ signal }) => ok(api.GET('/v1/track/{tracking_token}', { params: { path: { tracking_token: token } }, signal })),
    refetchInterval: 15_000,
  });
  useEffect(() => {
    document.title = `${t('title')} · Ambula`;
  }, [t]);
  return (
    <Stack component="main" align="center" p="xl">
      <Loaded query={ticket}>
        {(place) => (
          <>
            <Title order={1}>{place.label}</Title>
            <Status value={place.status} />
            {place.room && <Text>{t('room', { room: place.room })}</Text>}
            {place.status === 'WAITING' && <Text>{t('ahead', { count: place.ahead })}</Text>}
          </>
        )}
      </Loaded>
    </Stack>
  );
}
