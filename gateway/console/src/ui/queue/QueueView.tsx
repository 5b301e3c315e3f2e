import { Button, Group, Menu, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconDots, IconSpeakerphone } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useDoctorName, type Queue } from '~/lib/data/directory';
import { useFormat } from '~/lib/format/useFormat';
import { inCallingOrder, type QueueEntry, type QueueLive } from '~/lib/live/useQueueLive';
import { useFacility, useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { useNow } from '~/ui/Clock';
import { DataTable } from '~/ui/DataTable';
import { LiveBadge } from '~/ui/LiveBadge';
import { sayDone } from '~/ui/say';
import { Loading } from '~/ui/States';
import { LevelBadge, Status } from '~/ui/Words';

import { actsOf, isHidden, isTriaged, nameOf, useEntryCommand, waitedSince, type EntryVerb } from './entryCommands';
import { ASKING, EntryDialog } from './EntryDialog';
import { TicketButton } from './TicketButton';

interface Props {
  queue: Queue;
  live: QueueLive;
  /** Only entries of this doctor and of nobody, and calls for them. */
  doctorId?: string;
  /** More that a role does with an entry: triage, consult. */
  actions?: (entry: QueueEntry) => ReactNode;
  /** Stands in the line of "Call next": which queue it is. */
  chooser?: ReactNode;
}

const OPEN = ['CALLED', 'IN_SERVICE'];
const DONE = ['COMPLETED', 'NO_SHOW', 'LEFT', 'CANCELLED'];

/** A queue of today as it is now: who is called, who waits in which order, who was put aside, who is done. */
export function QueueView({ queue, live, doctorId, actions, chooser }: Props) {
  const { t } = useTranslation('queue');
  const [room, setRoom] = useState('');
  const [asking, setAsking] = useState<{ entry: QueueEntry; verb: EntryVerb }>();
  const command = useEntryCommand({ onDone: (entry) => { live.put(entry); setAsking(undefined); } });
  const groups = useMemo(() => {
    const all = [...live.entries.values()].filter((entry) => !doctorId || !entry.doctor_id || entry.doctor_id === doctorId).sort(inCallingOrder);
    return {
      called: all.filter((entry) => OPEN.includes(entry.status)),
      waiting: all.filter((entry) => entry.status === 'WAITING'),
      held: all.filter((entry) => entry.status === 'ON_HOLD'),
      done: all.filter((entry) => DONE.includes(entry.status)).reverse(),
    };
  }, [live.entries, doctorId]);
  const acts = (entry: QueueEntry) => (
    <EntryActs entry={entry} more={actions?.(entry)} busy={command.busy} onAct={(verb) =>
      ASKING.includes(verb)
        ? setAsking({ entry, verb })
        : command.run({ entry, act: (verb === 'call' ? { verb, ...(room ? { room } : {}) } : { verb }) as { verb: 'start' } })} />
  );
  return (
    <Stack gap="md">
      <Group gap="sm" align="end">
        {chooser}
        <CallNext queue={queue} room={room} onRoom={setRoom} doctorId={doctorId} onCalled={live.put} waiting={groups.waiting.length} />
        <Group ms="auto">
          <LiveBadge state={live.state} />
        </Group>
      </Group>
      {live.known ? (
        <>
          <Section title={t('section.called', { count: groups.called.length })} entries={groups.called} acts={acts} empty={t('nobodyCalled')} />
          <Section title={t('section.waiting', { count: groups.waiting.length })} entries={groups.waiting} acts={acts} empty={t('nobodyWaits')} />
        </>
      ) : (
        live.state !== 'gone' && <Loading />
      )}
      {groups.held.length > 0 && <Section title={t('section.held', { count: groups.held.length })} entries={groups.held} acts={acts} />}
      {groups.done.length > 0 && <Section title={t('section.done', { count: groups.done.length })} entries={groups.done} acts={acts} />}
      {asking && <EntryDialog {...asking} busy={command.busy} onClose={() => setAsking(undefined)} onAct={(act) => command.run({ entry: asking.entry, act })} />}
    </Stack>
  );
}

interface CallNextProps {
  queue: Queue;
  room: string;
  onRoom: (room: string) => void;
  doctorId: string | undefined;
  onCalled: (entry: QueueEntry) => void;
  waiting: number;
}

function CallNext({ queue, room, onRoom, doctorId, onCalled, waiting }: CallNextProps) {
  const { t } = useTranslation('queue');
  const may = useMay();
  const call = useCommand(
    async (body: { room?: string; doctor_id?: string }, header) => {
      const { data, response } = await api.POST('/v1/queues/{id}/call-next', { params: { path: { id: queue.id }, header }, body });
      if (response.status === 204) return undefined;
      return ok(Promise.resolve({ data, response }));
    },
    {
      onDone: (entry) => {
        if (!entry) return sayDone(t('nobodyWaits'));
        onCalled(entry);
        sayDone(t('called', { label: entry.ticket.label }));
      },
    },
  );
  if (!may('queue_entry_call')) return null;
  return (
    <>
      <TextInput label={t('room')} w={110} maxLength={40} value={room} onChange={(event) => onRoom(event.currentTarget.value)} />
      <Button leftSection={<IconSpeakerphone size={16} aria-hidden />} loading={call.busy} disabled={waiting === 0}
        onClick={() => call.run({ ...(room.trim() ? { room: room.trim() } : {}), ...(doctorId ? { doctor_id: doctorId } : {}) })}>
        {t('callNext')}
      </Button>
    </>
  );
}

interface SectionProps {
  title: string;
  entries: readonly QueueEntry[];
  acts: (entry: QueueEntry) => ReactNode;
  empty?: string;
}

function Section({ title, entries, acts, empty }: SectionProps) {
  const { t } = useTranslation('queue');
  const doctorName = useDoctorName();
  return (
    <div>
      <Title order={2} size="h6" mb={6}>{title}</Title>
      {entries.length === 0 ? (
        <Text size="sm" c="dimmed">{empty}</Text>
      ) : (
        <DataTable
          label={title}
          height="24rem"
          rows={entries}
          rowKey={(entry) => entry.id}
          columns={[
            { key: 'ticket', label: t('ticket'), cell: (entry) => <Text fw={700} size="sm" style={{ whiteSpace: 'nowrap' }}>{entry.ticket.label}</Text> },
            { key: 'who', named: true, label: t('who'), cell: (entry) => <Who entry={entry} /> },
            { key: 'level', label: t('level'), cell: (entry) => (isHidden(entry) ? null : <LevelBadge value={entry.level} triaged={isTriaged(entry)} />) },
            { key: 'status', label: t('status'), cell: (entry) => <Group gap={6}><Status value={entry.status} />{entry.room && <Text size="xs">{t('inRoom', { room: entry.room })}</Text>}</Group> },
            { key: 'doctor', label: t('doctor'), cell: (entry) => doctorName(entry.doctor_id) },
            { key: 'since', label: t('since'), end: true, cell: (entry) => <Waited since={waitedSince(entry)} /> },
            { key: 'acts', label: t('ui:actions'), unseen: true, end: true, cell: (entry) => (isHidden(entry) ? null : acts(entry)) },
          ]}
        />
      )}
    </div>
  );
}

function Who({ entry }: { entry: QueueEntry }) {
  const { t } = useTranslation('queue');
  if (isHidden(entry)) return <Text size="sm" c="dimmed">{t('hidden')}</Text>;
  return (
    <div>
      <Text size="sm" fw={500} dir="auto">{nameOf(entry)}</Text>
      <Text size="xs" c="dimmed" dir="auto">
        {[entry.patient?.mrn ?? (entry.visitor ? t('visitor') : ''), entry.reason, entry.appointment_id && t('withVisit')].filter(Boolean).join(' · ')}
      </Text>
    </div>
  );
}

function Waited({ since }: { since: string | undefined }) {
  const { t } = useTranslation('queue');
  const format = useFormat();
  const now = useNow(30);
  if (!since) return null;
  return <Text span size="sm" style={{ whiteSpace: 'nowrap' }}>{t('minutes', { count: Math.max(0, Math.floor((now - Date.parse(since)) / 60_000)), n: format.number(Math.max(0, Math.floor((now - Date.parse(since)) / 60_000))) })}</Text>;
}

/** The likeliest act as a button, the others behind it. */
export function EntryActs({ entry, more, busy, onAct }: { entry: QueueEntry; more: ReactNode; busy: boolean; onAct: (verb: EntryVerb) => void }) {
  const { t } = useTranslation('queue');
  const may = useMay();
  const { settings } = useFacility();
  const [first, ...others] = actsOf(entry, may, settings?.max_calls ?? 3);
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      {more}
      {first && (
        <Button size="compact-sm" variant="default" disabled={busy} onClick={() => onAct(first)}
          aria-label={`${t(first === 'call' && entry.status === 'CALLED' ? 'callAgain' : `verb.${first}`)}: ${entry.ticket.label}`}>
          {t(first === 'call' && entry.status === 'CALLED' ? 'callAgain' : `verb.${first}`)}
        </Button>
      )}
      {others.length > 0 && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button size="compact-sm" variant="default" px={6} aria-label={t('moreActs', { label: entry.ticket.label })}>
              <IconDots size={16} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((verb) => (
              <Menu.Item key={verb} {...(verb === 'cancel' ? { c: 'red' } : {})} onClick={() => onAct(verb)}>
                {t(`verb.${verb}`)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <TicketButton entry={entry} compact />
    </Group>
  );
}
