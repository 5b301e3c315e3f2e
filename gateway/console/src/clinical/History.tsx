import { Button, Group, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { instantOf } from '~/lib/format/zone';
import { Failed, Loading } from '~/ui/States';

import classes from './History.module.css';
import { useHistory } from './queries';

type Item = Schema<'HistoryItem'>;

/** What tells the story; the steps of a queue only make it long. */
const TELLING = new Set([
  'AppointmentBooked', 'AppointmentRescheduled', 'AppointmentCancelled', 'AppointmentNoShow', 'QueueEntryTriaged', 'QueueEntryLeft',
  'ConsultationCompleted', 'ConsultationCancelled', 'ConsultationAmended', 'PrescriptionIssued', 'PrescriptionCancelled',
  'PrescriptionPartlyDispensed', 'PrescriptionDispensed', 'PrescriptionDeclined',
]);

interface Props {
  patientId: string;
  /** More about an item, for example a way into its note. */
  more?: (item: Item) => ReactNode;
}

/** What happened to a patient here, newest first. */
export function History({ patientId, more }: Props) {
  const { t } = useTranslation('clinical');
  const format = useFormat();
  const [everything, setEverything] = useState(false);
  const query = useHistory(patientId);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = everything ? items : items.filter((item) => TELLING.has(item.event));
  return (
    <section aria-label={t('history.title')}>
      <Group justify="space-between" mb={4}>
        <Text fw={600} size="sm" component="h2" m={0}>
          {t('history.title')}
        </Text>
        {items.length > 0 && (
          <Button size="compact-xs" variant="subtle" aria-pressed={everything} onClick={() => setEverything(!everything)}>
            {t(everything ? 'history.less' : 'history.everything')}
          </Button>
        )}
      </Group>
      {query.isPending && <Loading rows={3} />}
      {query.error && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.data && shown.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('history.none')}
        </Text>
      )}
      <ol className={classes.list}>
        {shown.map((item) => (
          <li key={`${item.ref.id} ${item.event} ${item.at}`} className={classes.item} data-kind={item.kind}>
            <Text size="xs" c="dimmed" component="div">
              {[format.dateTime(item.at), item.doctor_name, item.department_name].filter(Boolean).join(' · ')}
            </Text>
            <Text size="sm" component="div" dir="auto">
              <Told item={item} />
            </Text>
            {more?.(item)}
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <Button size="xs" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t('ui:loadMore')}
        </Button>
      )}
    </section>
  );
}

/** The event in the person's language, with the time or number that the server's sentence names. */
function Told({ item }: { item: Item }) {
  const { t } = useTranslation('clinical');
  const format = useFormat();
  const words = t(`event.${item.event}`, { defaultValue: '' });
  if (!words) return <>{item.summary}</>;
  const time = /(\d{4}-\d\d-\d\d) (\d\d:\d\d)/.exec(item.summary);
  const label = /\b[A-Z][A-Z0-9-]*-\d+\b/.exec(item.summary);
  const detail = time ? format.dayTime(instantOf(time[1] ?? '', time[2] ?? '', format.zone)) : (label?.[0] ?? '');
  return <>{detail ? `${words}: ${detail}` : words}</>;
}
