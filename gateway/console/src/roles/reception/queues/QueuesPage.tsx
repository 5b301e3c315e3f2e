import { Button, Select } from '@mantine/core';
import { IconDownload, IconExternalLink, IconTicket } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { download } from '~/lib/api/client';
import { useQueues, type Queue } from '~/lib/data/directory';
import { useWords } from '~/lib/errors/useWords';
import { today } from '~/lib/format/zone';
import { useQueueLive } from '~/lib/live/useQueueLive';
import { useFacility, useMay } from '~/lib/session/useSession';
import { QueueView } from '~/ui/queue/QueueView';
import { Page } from '~/ui/Page';
import { sayFailed } from '~/ui/say';
import { Loaded } from '~/ui/States';

const route = getRouteApi('/shell/reception/queues');
const KIND_RANK = { EMERGENCY: 1, REGULAR: 0, STAGING: 2 };

/** The waiting rooms, live. */
export function QueuesPage() {
  const { t } = useTranslation('reception');
  const queues = useQueues();
  const { queue: chosen } = route.useSearch();
  const navigate = useNavigate();
  return (
    <Page title={t('nav.queues')} actions={<Actions queueId={chosen} />}>
      <Loaded query={queues} isEmpty={(all) => all.length === 0} empty={t('queues.none')}>
        {(all) => {
          const sorted = [...all].sort((a, b) => KIND_RANK[a.kind] - KIND_RANK[b.kind] || a.name.localeCompare(b.name));
          const queue = sorted.find((one) => one.id === chosen) ?? sorted[0];
          if (!queue) return null;
          return (
            <Live
              key={queue.id}
              queue={queue}
              chooser={
                <Select
                  label={t('queues.which')}
                  w={300}
                  maw="100%"
                  searchable
                  allowDeselect={false}
                  data={sorted.map((one) => ({ value: one.id, label: one.name }))}
                  value={queue.id}
                  onChange={(id) => id && void navigate({ to: '/reception/queues', search: { queue: id } })}
                />
              }
            />
          );
        }}
      </Loaded>
    </Page>
  );
}

function Live({ queue, chooser }: { queue: Queue; chooser: ReactNode }) {
  return <QueueView queue={queue} live={useQueueLive(queue.id)} chooser={chooser} />;
}

function Actions({ queueId }: { queueId: string | undefined }) {
  const { t } = useTranslation(['reception', 'ui']);
  const words = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const { zone } = useFacility();
  const queues = useQueues().data ?? [];
  const board = queues.find((one) => one.id === queueId) ?? queues.find((one) => one.kind === 'REGULAR');
  const save = () => {
    const query = new URLSearchParams({ format: 'csv', date: today(zone), ...(queueId ? { queue_id: queueId } : {}) });
    void download(`/v1/queue-entries?${query}`, `queue-${today(zone)}.csv`).catch((error: unknown) => sayFailed(words(error)));
  };
  return (
    <>
      {board && (
        <Button variant="default" component="a" href={`/board/${board.board_token}`} target="_blank" rel="noopener"
          leftSection={<IconExternalLink size={16} aria-hidden />}>
          {t('reception:queues.board')}
        </Button>
      )}
      <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} onClick={save}>
        {t('ui:export')}
      </Button>
      {may('queue_entry_create') && (
        <Button leftSection={<IconTicket size={16} aria-hidden />}
          onClick={() => void navigate({ to: '/reception/walk-in', search: queueId ? { queue: queueId } : {} })}>
          {t('reception:command.walkIn')}
        </Button>
      )}
    </>
  );
}
