import { Group, Stack, Text, Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useLive } from '~/lib/live/useLive';
import { LiveBadge } from '~/ui/LiveBadge';
import { Status } from '~/ui/Words';

interface Call {
  label: string;
  status: string;
  room?: string;
}

/** The waiting room's screen: who is called, and where to. Labels only. */
export function BoardPage() {
  const { t } = useTranslation('board');
  const { token } = getRouteApi('/board/$token').useParams();
  const [calls, setCalls] = useState<ReadonlyMap<string, Call>>(new Map());
  const state = useLive(`/v1/board/${encodeURIComponent(token)}`, ({ event, data }) => {
    if (event === 'snapshot') setCalls(new Map((data as { entries: Call[] }).entries.map((one) => [one.label, one])));
    if (event === 'entry') setCalls((before) => new Map(before).set((data as Call).label, data as Call));
  });
  useEffect(() => {
    document.title = `${t('title')} · Ambula`;
  }, [t]);
  const shown = [...calls.values()].filter((one) => one.status === 'CALLED' || one.status === 'WAITING');
  return (
    <Stack component="main" p="xl">
      <Group justify="space-between">
        <Title order={1}>{t('title')}</Title>
        <LiveBadge state={state} />
      </Group>
      {shown.length === 0 && <Text>{t('nobody')}</Text>}
      {shown.map((one) => (
        <Group key={one.label} gap="xl">
          <Text fz="2.5rem" fw={700}>
            {one.label}
          </Text>
          <Status value={one.status} />
          {one.room && <Text fz="2rem">{t('room', { room: one.room })}</Text>}
        </Group>
      ))}
    </Stack>
  );
}
