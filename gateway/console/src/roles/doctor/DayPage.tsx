import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { IconBellRinging } from '@tabler/icons-react';
import { useQueries, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { useLive } from '~/lib/live/useLive';
import { useMe } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import figures from '~/ui/DayFigures.module.css';
import { LiveBadge } from '~/ui/LiveBadge';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Empty, Loaded } from '~/ui/States';
import { LevelBadge, Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

import classes from './DayPage.module.css';
import { useDay, useOwnDoctor } from './queries';
import { StartButton } from './StartButton';
import { VisitMenu } from './VisitMenu';

type Day = Schema<'DoctorDay'>;
type Entry = Day['queue'][number];
type Person = Entry['person'];

/** What the doctor has to do today: who is called, who waits, who is booked, what is not finished. */
export function DayPage() {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  const day = useDay();
  const { id, own, regular, emergency } = useOwnDoctor();
  const state = useDayLive(regular?.id, emergency?.id);
  const called = useCalled(day.data?.queue ?? [], own?.room);
  return (
    <Page
      title={t('day.title')}
      heading={day.data ? `${t('day.title')}: ${format.weekday(day.data.date)}` : undefined}
      actions={
        <>
          <LiveBadge state={state} />
          <CallNext queueId={regular?.id} doctorId={id} room={own?.room} />
        </>
      }
    >
      <Loaded query={day} rows={8}>
        {(data) => (
          <Stack gap="lg">
            <Figures day={data} />
            {called.map((entry) => (
              <Called key={entry.queue_entry_id} entry={entry} room={own?.room} />
            ))}
            <div className={classes.columns}>
              <Stack gap="lg">
                <Section title={t('day.queue', { count: data.queue.length })} empty={t('day.nobody')} none={data.queue.length === 0}>
                  {data.queue.map((entry) => (
                    <QueueRow key={entry.queue_entry_id} entry={entry} room={own?.room} />
                  ))}
                </Section>
                <Section title={t('day.drafts', { count: data.drafts.length })} empty={t('day.noDrafts')} none={data.drafts.length === 0}>
                  {data.drafts.map((draft) => (
                    <li key={draft.consultation_id} className={classes.row}>
                      <span className={classes.lead}>{format.time(draft.started_at)}</span>
                      <Who person={draft.person} details={`${draft.person.birth_date ? '· ' : ''}${format.date(draft.started_at)}`} />
                      <div className={classes.acts}>
                        <StartButton visit={{}} consultationId={draft.consultation_id} label={draft.person.display_name ?? ''} />
                      </div>
                    </li>
                  ))}
                </Section>
              </Stack>
              <Section title={t('day.visits', { count: data.appointments.length })} empty={t('day.noVisits')} none={data.appointments.length === 0}>
                {data.appointments.map((visit) => {
                  const over = !['BOOKED', 'CHECKED_IN', 'IN_CONSULTATION'].includes(visit.status);
                  return (
                    <li key={visit.appointment_id} className={classes.row} data-over={over || undefined}>
                      <time className={classes.lead} dateTime={visit.starts_at}>
                        {format.time(visit.starts_at)}
                      </time>
                      <Who person={visit.person} details={<Status value={visit.status} />} />
                      <div className={classes.acts}>
                        {(!over || visit.consultation_id) && (
                          <StartButton
                            visit={{ appointment_id: visit.appointment_id }}
                            consultationId={visit.consultation_id}
                            label={visit.person.display_name ?? ''}
                          />
                        )}
                        <VisitMenu visit={visit} />
                      </div>
                    </li>
                  );
                })}
              </Section>
            </div>
          </Stack>
        )}
      </Loaded>
      <ZoneNotice />
    </Page>
  );
}

/** Who is called to this doctor: the own ones, and of the department's those who were called to this room or by this account. */
function useCalled(queue: Day['queue'], room: string | undefined) {
  const { id: account } = useMe();
  const called = queue.filter((entry) => entry.status === 'CALLED');
  // A call gives nobody's patient to no doctor; only the entry says where to and by whom it was.
  const nobodys = called.filter((entry) => !entry.mine);
  const here = useQueries({
    queries: nobodys.map(({ queue_entry_id: id }) => ({
      queryKey: ['doctor-day', 'called', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => ok(api.GET('/v1/queue-entries/{id}', { params: { path: { id } }, signal })),
    })),
    combine: (answers) =>
      answers.filter(({ data }) => data && (room && data.room ? data.room === room : data.updated_by === account)).map(({ data }) => data?.id),
  });
  return called.filter((entry) => entry.mine || here.includes(entry.queue_entry_id));
}

/** The lines of the department say when to look again; what the doctor sees is the answer's. */
function useDayLive(regular: string | undefined, emergency: string | undefined) {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const look = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void queries.invalidateQueries({ queryKey: ['doctor-day'] }), 150);
  };
  const first = useLive(regular ? `/v1/queues/${regular}/stream` : undefined, look);
  const second = useLive(emergency ? `/v1/queues/${emergency}/stream` : undefined, look);
  return first === 'live' ? second : first;
}

function Figures({ day }: { day: Day }) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  const shown = ['appointments', 'queue', 'drafts', 'seen', 'visit_mean_min'] as const;
  return (
    <dl className={figures.figures}>
      {shown
        .filter((name) => day.figures[name] !== undefined)
        .map((name) => (
          <Paper key={name} withBorder p="sm" component="div">
            <Text component="dt" size="sm" c="dimmed">
              {t(`figure.${name}`)}
            </Text>
            <Text component="dd" fz="h2" fw={600} m={0}>
              {format.decimal(day.figures[name])}
            </Text>
          </Paper>
        ))}
    </dl>
  );
}

function Section({ title, none, empty, children }: { title: string; none: boolean; empty: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Text fw={600} component="h2" mt={0} mb="xs">
        {title}
      </Text>
      {none ? <Empty>{empty}</Empty> : <ul className={classes.list}>{children}</ul>}
    </section>
  );
}

function Who({ person, details }: { person: Person; details: ReactNode }) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  const name = person.display_name ?? t('day.unknown');
  return (
    <div className={classes.who}>
      <Text size="sm" fw={500} component="div" dir="auto">
        {person.patient_id ? (
          <Link to="/doctor/patients/$patientId" params={{ patientId: person.patient_id }} style={{ color: 'inherit' }}>
            {name}
          </Link>
        ) : (
          name
        )}
      </Text>
      <Text size="xs" c="dimmed" component="div">
        {person.birth_date && <>{format.age(person.birth_date)} </>}
        {details}
      </Text>
    </div>
  );
}

/** Low is said of nobody: the day does not tell who was looked at from who was not. */
function Level({ entry }: { entry: Entry }) {
  return entry.level === 'LOW' ? null : <LevelBadge value={entry.level} />;
}

function CallNext({ queueId, doctorId, room }: { queueId: string | undefined; doctorId: string | undefined; room: string | undefined }) {
  const { t } = useTranslation('doctor');
  const call = useCommand(
    (_: undefined, header) =>
      ok(api.POST('/v1/queues/{id}/call-next', {
        params: { path: { id: queueId ?? '' }, header }, body: { ...(doctorId ? { doctor_id: doctorId } : {}), ...(room ? { room } : {}) },
      })) as Promise<Schema<'QueueEntry'> | undefined>,
    {
      refreshes: [['doctor-day']],
      onDone: (entry) => sayDone(entry ? t('day.called', { label: entry.ticket.label }) : t('day.nobodyNext')),
    },
  );
  return (
    <Button leftSection={<IconBellRinging size={18} aria-hidden />} loading={call.busy} disabled={!queueId} onClick={() => call.run(undefined)}>
      {t('day.callNext')}
    </Button>
  );
}

function useTurn(entry: Entry, room: string | undefined) {
  const { t } = useTranslation('doctor');
  const params = { path: { id: entry.queue_entry_id } };
  return useCommand(
    (verb: 'call' | 'return', header): Promise<unknown> =>
      verb === 'call'
        ? ok(api.POST('/v1/queue-entries/{id}/call', { params: { ...params, header }, body: room ? { room } : {} }))
        : ok(api.POST('/v1/queue-entries/{id}/return', { params: { ...params, header }, body: {} })),
    {
      refreshes: [['doctor-day']],
      onDone: (_, verb) => sayDone(t(verb === 'call' ? 'day.called' : 'day.returned', { label: entry.ticket.label })),
    },
  );
}

function Called({ entry, room }: { entry: Entry; room: string | undefined }) {
  const { t } = useTranslation('doctor');
  const turn = useTurn(entry, room);
  return (
    <Paper withBorder p="sm" className={classes.called} component="section" aria-label={t('day.calledNow')}>
      <Group justify="space-between">
        <Group gap="sm">
          <Text fw={700}>{entry.ticket.label}</Text>
          <Text dir="auto">{entry.person.display_name}</Text>
          <Level entry={entry} />
        </Group>
        <Group gap="xs">
          <StartButton visit={{ queue_entry_id: entry.queue_entry_id }} consultationId={entry.consultation_id} label={entry.ticket.label} primary />
          <Button size="xs" variant="default" loading={turn.busy} onClick={() => turn.run('call')}>
            {t('day.recall')}
          </Button>
          <Button size="xs" variant="default" disabled={turn.busy} onClick={() => turn.run('return')}>
            {t('day.return')}
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}

function QueueRow({ entry, room }: { entry: Entry; room: string | undefined }) {
  const { t } = useTranslation('doctor');
  const turn = useTurn(entry, room);
  return (
    <li className={classes.row} data-now={entry.status === 'CALLED' || undefined}>
      <span className={classes.lead}>{entry.ticket.label}</span>
      <Who
        person={entry.person}
        details={
          <>
            <Level entry={entry} /> <Status value={entry.status} /> {entry.mine || entry.status === 'CALLED' ? '' : t('day.nobodys')}
          </>
        }
      />
      <div className={classes.acts}>
        {entry.status === 'WAITING' && (
          <Button size="xs" variant="default" loading={turn.busy} aria-label={`${t('day.call')}: ${entry.ticket.label}`} onClick={() => turn.run('call')}>
            {t('day.call')}
          </Button>
        )}
        {entry.status !== 'ON_HOLD' && (
          <StartButton visit={{ queue_entry_id: entry.queue_entry_id }} consultationId={entry.consultation_id} label={entry.ticket.label} />
        )}
      </div>
    </li>
  );
}
