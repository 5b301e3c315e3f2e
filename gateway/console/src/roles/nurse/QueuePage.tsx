import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { EntryActions } from '~/clinical/EntryActions';
import { QueueLines } from '~/clinical/QueueLines';
import { all, api, ok } from '~/lib/api/client';
import { type Queue, useDepartments, useQueues } from '~/lib/data/directory';
import { today } from '~/lib/format/zone';
import { inCallingOrder, isOpen, type QueueEntry, useQueueLive } from '~/lib/live/useQueueLive';
import { useFacility } from '~/lib/session/useSession';
import { DayFigures } from '~/ui/DayFigures';
import { LiveBadge } from '~/ui/LiveBadge';
import { Page } from '~/ui/Page';
import { nameOf } from '~/ui/queue/entryCommands';
import { Empty, Loaded, Loading } from '~/ui/States';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { queueRoute } from './routes';

/** Where this device stands; nothing of a patient. */
const DEPARTMENT = 'ambula.nurse.department';
const ROOM = 'ambula.nurse.room';
const KINDS = ['EMERGENCY', 'REGULAR', 'STAGING'] as const;

/** The lines of one department, live: emergencies above all. */
export function QueuePage() {
  const { t } = useTranslation('nurse');
  const search = queueRoute.useSearch();
  const navigate = useNavigate();
  const departments = useDepartments();
  const queues = useQueues();
  const [room, setRoom] = useState(() => localStorage.getItem(ROOM) ?? '');
  const open = departments.data?.filter((one) => one.active) ?? [];
  const wanted = search.department ?? localStorage.getItem(DEPARTMENT);
  const department = open.find((one) => one.id === wanted) ?? open[0];
  const choose = (id: string | null) => {
    if (!id) return;
    localStorage.setItem(DEPARTMENT, id);
    void navigate({ to: '/nurse', search: { department: id } });
  };
  return (
    <Page
      title={t('queue.title')}
      actions={
        <>
          <Select
            aria-label={t('queue.department')}
            data={open.map((one) => ({ value: one.id, label: one.name }))}
            value={department?.id ?? null}
            onChange={choose}
            allowDeselect={false}
            searchable
            w={210}
          />
          <TextInput
            aria-label={t('queue.room')}
            placeholder={t('queue.room')}
            maxLength={40}
            w={110}
            value={room}
            onChange={(event) => {
              setRoom(event.currentTarget.value);
              localStorage.setItem(ROOM, event.currentTarget.value);
            }}
          />
        </>
      }
    >
      <DayFigures show={['waiting', 'open_emergencies', 'pending_appointments']} />
      <Loaded query={departments} rows={6} isEmpty={() => !department} empty={t('queue.noDepartment')}>
        {() => <Loaded query={queues} rows={6}>{(all) => (
          <Stack gap="lg">
            {KINDS.flatMap((kind) => all.filter((queue) => queue.department_id === department?.id && queue.kind === kind)).map((queue) =>
              queue.kind === 'STAGING' ? (
                <Folded key={queue.id} title={queue.name}>
                  <Line queue={queue} room={room} />
                </Folded>
              ) : (
                <section key={queue.id} aria-label={queue.name}>
                  <Line queue={queue} room={room} titled />
                </section>
              ),
            )}
            {department && <Folded title={t('queue.ended')}>
              <Ended key={department.id} queues={all.filter((queue) => queue.department_id === department.id)} room={room} />
            </Folded>}
          </Stack>
        )}</Loaded>}
      </Loaded>
      <ZoneNotice />
    </Page>
  );
}

/** Reads nothing until it is opened. */
function Folded({ title, children }: { title: string; children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  return (
    <section aria-label={title}>
      <Button variant="subtle" size="compact-sm" color="gray" aria-expanded={opened} onClick={() => setOpened(!opened)} mb="xs">
        {opened ? '▾' : '▸'} {title}
      </Button>
      {opened && children}
    </section>
  );
}

function Line({ queue, room, titled }: { queue: Queue; room: string; titled?: boolean }) {
  const { t } = useTranslation('nurse');
  const live = useQueueLive(queue.id);
  const entries = [...live.entries.values()].filter(isOpen);
  const now = entries.filter((one) => one.status === 'CALLED' || one.status === 'IN_SERVICE').sort(inCallingOrder);
  const waiting = entries.filter((one) => one.status === 'WAITING').sort(inCallingOrder);
  const held = entries.filter((one) => one.status === 'ON_HOLD').sort(inCallingOrder);
  const shown = [...now, ...waiting, ...held];
  const queries = useQueryClient();
  const moved = `${waiting.length} ${now.length}`;
  useEffect(() => {
    // The figures above follow the line.
    if (live.state === 'live') void queries.invalidateQueries({ queryKey: ['dashboard'] });
  }, [queries, live.state, moved]);
  return (
    <>
      <Group gap="sm" mb="xs">
        {titled && (
          <Text fw={600} component="h2" m={0}>
            {queue.name}
          </Text>
        )}
        <LiveBadge state={live.state} />
        {live.known && (
          <Text size="sm" c="dimmed">
            {t('queue.counts', { waiting: waiting.length, now: now.length })}
          </Text>
        )}
      </Group>
      {!live.known ? (
        live.state !== 'gone' && <Loading rows={2} />
      ) : shown.length === 0 ? (
        queue.kind === 'EMERGENCY' ? (
          <Text size="sm" c="dimmed">
            {t('queue.noEmergency')}
          </Text>
        ) : (
          <Empty>{t('queue.nobody')}</Empty>
        )
      ) : (
        <Lines label={queue.name} entries={shown} put={live.put} room={room} />
      )}
    </>
  );
}

function Lines({ label, entries, put, room }: { label: string; entries: readonly QueueEntry[]; put: (entry: QueueEntry) => void; room: string }) {
  const { t } = useTranslation('nurse');
  return (
    <QueueLines
      label={label}
      entries={entries}
      who={(entry) =>
        entry.patient_id ? (
          <Link to="/nurse/patients/$patientId" params={{ patientId: entry.patient_id }} style={{ color: 'inherit' }}>
            {nameOf(entry)}
          </Link>
        ) : (
          nameOf(entry)
        )
      }
      actions={(entry) => (
        <EntryActions
          entry={entry}
          put={put}
          {...(room.trim() ? { room: room.trim() } : {})}
          more={
            entry.status === 'WAITING' ? (
              <Button
                size="compact-sm"
                variant={entry.triage ? 'default' : 'light'}
                leftSection={<IconStethoscope size={14} aria-hidden />}
                aria-label={`${t('queue.triage')}: ${entry.ticket.label}`}
                renderRoot={(props) => <Link to="/nurse/entries/$entryId" params={{ entryId: entry.id }} {...props} />}
              >
                {t('queue.triage')}
              </Button>
            ) : null
          }
        />
      )}
    />
  );
}

/** Who left or did not come today, and may come back. */
function Ended({ queues, room }: { queues: readonly Queue[]; room: string }) {
  const { t } = useTranslation('nurse');
  const { zone } = useFacility();
  const day = today(zone);
  const ids = queues.map((queue) => queue.id);
  const ended = useQuery({
    queryKey: ['entries-ended', day, ids],
    queryFn: async ({ signal }) => {
      const found = await Promise.all(
        ids.flatMap((queue_id) =>
          (['NO_SHOW', 'LEFT'] as const).map((status) =>
            all((cursor) => ok(api.GET('/v1/queue-entries', { params: { query: { queue_id, date: day, status, limit: 200, cursor } }, signal }))),
          ),
        ),
      );
      return found.flat();
    },
  });
  return (
    <Loaded query={ended} isEmpty={(entries) => entries.length === 0} empty={t('queue.nobodyEnded')}>
      {(entries) => <Lines label={t('queue.ended')} entries={entries} put={() => void ended.refetch()} room={room} />}
    </Loaded>
  );
}
