import { Alert, Stack, Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { Failed, Loading } from '~/ui/States';

import classes from './PlaceCard.module.css';
import { PlaceCard } from './PlaceCard';
import { usePlace } from './usePlace';

/** One's own place in the queue by the link on the ticket, without sign-in [QUE-9]. */
export function TrackPage() {
  const { t } = useTranslation('track');
  const { token } = getRouteApi('/track/$token').useParams();
  const { query, place, state } = usePlace(['track', token], (signal) =>
    ok(api.GET('/v1/track/{tracking_token}', { params: { path: { tracking_token: token } }, signal })),
  );
  useEffect(() => {
    document.title = `${t('title')} · Ambula`;
  }, [t]);
  return (
    <main className={classes.page}>
      <Stack gap="md">
        <Title order={1} size="h4">
          {t('title')}
        </Title>
        {place && <PlaceCard label={place.label} place={place} state={state} where={place.queue} />}
        {place && (
          <Text size="xs" c="dimmed">
            {t('hint')}
          </Text>
        )}
        {state === 'connecting' && <Loading rows={3} />}
        {state === 'gone' && (
          <Alert color="orange" variant="light" role="alert">
            {t('over')}
          </Alert>
        )}
        {state === 'reconnecting' && !place && <Failed error={query.error} retry={() => void query.refetch()} />}
      </Stack>
    </main>
  );
}
