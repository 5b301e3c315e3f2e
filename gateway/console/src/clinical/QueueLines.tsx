import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useDoctorName } from '~/lib/data/directory';
import { useFormat } from '~/lib/format/useFormat';
import type { QueueEntry } from '~/lib/live/useQueueLive';
import { useNow } from '~/ui/Clock';
import { isTriaged, nameOf } from '~/ui/queue/entryCommands';
import { LevelBadge, Status } from '~/ui/Words';

import classes from './QueueLines.module.css';

interface Props {
  entries: readonly QueueEntry[];
  label: string;
  who?: (entry: QueueEntry) => ReactNode;
  actions: (entry: QueueEntry) => ReactNode;
}

/** A line of people: ticket, who and how long already, level, state, what can be done. */
export function QueueLines({ entries, label, who, actions }: Props) {
  const { t } = useTranslation('clinical');
  const format = useFormat();
  const doctor = useDoctorName();
  const now = useNow();
  return (
    <ul className={classes.lines} aria-label={label}>
      {entries.map((entry) => {
        const since = Date.parse(entry.status === 'CALLED' && entry.called_at ? entry.called_at : entry.created_at);
        const minutes = Math.max(0, Math.floor((now - since) / 60_000));
        const details = [
          entry.status === 'CALLED'
            ? t('line.called', { count: entry.calls, minutes: format.number(minutes) })
            : entry.status === 'WAITING' || entry.status === 'ON_HOLD'
              ? t('line.waits', { minutes: format.number(minutes) })
              : format.time(entry.started_at ?? entry.created_at),
          doctor(entry.doctor_id),
          entry.room && entry.status !== 'WAITING' ? t('line.room', { room: entry.room }) : '',
        ].filter(Boolean);
        return (
          <li key={entry.id} className={classes.line} data-status={entry.status} data-level={entry.level}>
            <span className={classes.ticket}>{entry.ticket.label}</span>
            <div className={classes.who}>
              <Text size="sm" fw={500} component="div" dir="auto">
                {who ? who(entry) : nameOf(entry)}
              </Text>
              <Text size="xs" c="dimmed" component="div">
                {details.join(' · ')}
                {entry.status_reason && (
                  <>
                    {' · '}
                    <bdi>{entry.status_reason}</bdi>
                  </>
                )}
              </Text>
            </div>
            <span className={classes.level}>
              <LevelBadge value={entry.level} triaged={isTriaged(entry)} />
            </span>
            <span className={classes.status}>
              <Status value={entry.status} />
            </span>
            <div className={classes.actions}>{actions(entry)}</div>
          </li>
        );
      })}
    </ul>
  );
}
