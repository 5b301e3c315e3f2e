import { Alert, Anchor, Button, Group, NumberInput, Paper, Select, Stack, Text, TextInput } from '@mantine/core';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { useDepartments, useDoctorName, useDoctors, usePeople, useSpecialties, type Person } from '~/lib/data/directory';
import { useWords } from '~/lib/errors/useWords';
import { useFormat } from '~/lib/format/useFormat';
import type { Level } from '~/lib/live/useQueueLive';
import { useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { filled } from '~/lib/useProblemForm';
import { Page } from '~/ui/Page';
import { PersonPicker } from '~/ui/PersonPicker';
import { sayDone } from '~/ui/say';
import { Loaded, Unread } from '~/ui/States';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { durationOf } from '../board/layout';
import { useMove, useVisit, VISIT_VIEWS, type Slot, type Visit } from '../visits';
import { alternativesOf } from './alternatives';
import classes from './BookPage.module.css';
import { SlotPicker, type Wanted } from './SlotPicker';

const route = getRouteApi('/shell/reception/book');

/** Who, with whom, when: one page, from top to bottom, by mouse or by keys. `?move=` gives a visit another time. */
export function BookPage() {
  const search = route.useSearch();
  const moved = useVisit(search.move);
  if (search.move && !moved.data) return <Unmoved query={moved} />;
  // Anew for each link: what was chosen for one person is not for the next.
  return <Booking key={JSON.stringify(search)} {...(moved.data ? { move: moved.data } : {})} />;
}

/** The visit that is to be moved is not there (yet). */
function Unmoved({ query }: { query: ReturnType<typeof useVisit> }) {
  const { t } = useTranslation('reception');
  return (
    <Page title={t('book.moveTitle')}>
      <Loaded query={query}>{() => null}</Loaded>
    </Page>
  );
}

function Booking({ move }: { move?: Visit }) {
  const { t } = useTranslation('reception');
  const search = route.useSearch();
  const navigate = useNavigate();
  const given = move?.patient_id ?? search.patient;
  const known = usePeople(useMemo(() => [given], [given]))(given);
  const [picked, setPicked] = useState<Person>();
  const person = picked ?? known;
  const [who, setWho] = useState<string | null>(move?.doctor_id ?? search.doctor ?? null);
  const [duration, setDuration] = useState<number | undefined>(move ? durationOf(move) : undefined);
  const [level, setLevel] = useState<Level | null>(null);
  const [reason, setReason] = useState('');
  const [slot, setSlot] = useState<Slot | undefined>(
    search.doctor && search.at ? { doctor_id: search.doctor, starts_at: search.at, ends_at: search.at } : undefined,
  );
  const book = useBooking({ onDone: (visit) => void navigate({ to: '/reception', search: { date: visit.day, visit: visit.id } }), move });
  const wanted = useWanted(who, duration, level);
  const confirm = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (slot && person) confirm.current?.focus();
  }, [slot, person]);

  const submit = () => {
    if (!slot || !person) return;
    book.run({
      person, slot, ...(duration ? { duration } : {}), ...(level ? { level } : {}), ...(reason.trim() ? { reason: reason.trim() } : {}),
    });
  };

  return (
    <Page title={move ? t('book.moveTitle') : t('book.title')}>
      <ZoneNotice />
      <div className={classes.columns}>
        <Stack gap="sm" className={classes.form ?? ''}>
          {move ? (
            <Text fw={600} dir="auto">{known?.display_name ?? '…'}</Text>
          ) : (
            <PersonPicker value={person} onChange={setPicked} autoFocus={!person}
              whenNone={() => <Anchor component={Link} to="/reception/register" size="sm" ms="xs">{t('command.register')}</Anchor>} />
          )}
          <WhoSelect value={who} onChange={(next) => { setWho(next); setSlot(undefined); }} />
          <Group grow align="start">
            <NumberInput label={t('book.duration')} placeholder={t('book.usual')} min={15} max={180} step={5} allowDecimal={false}
              value={duration ?? ''} onChange={(next) => { setDuration(typeof next === 'number' ? next : undefined); }} />
            {!move && <LevelSelect value={level} onChange={setLevel} />}
          </Group>
          {!move && (
            <TextInput label={t('visit.reason')} value={reason} maxLength={1000} dir="auto"
              onChange={(event) => setReason(event.currentTarget.value)} />
          )}
          <Confirm ref={confirm} {...{ person, slot, move }} busy={book.busy} onClick={submit} />
          {book.error !== null && book.error !== undefined && (
            <Refused error={book.error} onTake={(other) => { setSlot(other); book.reset(); }}
              onWait={() => void navigate({ to: '/reception/waiting', search: { ...(person ? { patient: person.id } : {}), ...(slot ? { doctor: slot.doctor_id } : {}) } })} />
          )}
        </Stack>
        <SlotPicker wanted={wanted} value={slot} onChange={(next) => { setSlot(next); book.reset(); }} />
      </div>
    </Page>
  );
}

interface Order {
  person: Person;
  slot: Slot;
  duration?: number;
  level?: Level;
  reason?: string;
}

/** Books, or moves when there is something to move. */
function useBooking({ move, onDone }: { move?: Visit | undefined; onDone: (visit: { id: string; day: string }) => void }) {
  const { t } = useTranslation('reception');
  const format = useFormat();
  const told = (visit: Visit, words: string) => {
    sayDone(words);
    onDone({ id: visit.id, day: new Intl.DateTimeFormat('en-CA', { timeZone: format.zone }).format(new Date(visit.starts_at)) });
  };
  const mover = useMove({ onDone: (visit) => told(visit, t('done.move')), onRefused: () => true });
  const booker = useCommand(
    ({ person, slot, duration, level, reason }: Order, header) =>
      ok(api.POST('/v1/appointments', {
        params: { header },
        body: {
          patient_id: person.id, doctor_id: slot.doctor_id, starts_at: slot.starts_at,
          ...filled({ duration_min: duration, triage_level: level, reason }),
        } as { patient_id: string },
      })),
    { refreshes: VISIT_VIEWS, onDone: (visit) => told(visit, t('done.book')), onRefused: () => true },
  );
  if (!move) return booker;
  return {
    ...mover,
    run: ({ slot, duration }: Order) =>
      mover.run({ visit: move, doctor_id: slot.doctor_id, starts_at: slot.starts_at, ...(duration ? { duration_min: duration } : {}) }),
  };
}

/** `doctor`, `specialty CODE` or nobody in particular → what slots are asked for. */
function useWanted(who: string | null, duration: number | undefined, level: Level | null): Wanted {
  return useMemo(
    () => ({
      ...(who?.startsWith('specialty ') ? { specialty: who.slice(10) } : {}),
      ...(who?.startsWith('department ') ? { department_id: who.slice(11) } : {}),
      ...(who && !who.includes(' ') ? { doctor_id: who } : {}),
      ...(duration ? { duration_min: duration } : {}),
      ...(level ? { triage_level: level } : {}),
    }),
    [who, duration, level],
  );
}

/** One field for "with whom": a doctor, any of a specialty, any of a department, anybody. */
function WhoSelect({ value, onChange }: { value: string | null; onChange: (value: string | null) => void }) {
  const { t } = useTranslation('reception');
  const [doctors, specialties, departments] = [useDoctors(), useSpecialties(), useDepartments()];
  const active = <One extends { active: boolean }>(all: One[] = []) => all.filter((one) => one.active);
  const data = [
    { group: t('book.doctors'), items: active(doctors.data).map((one) => ({ value: one.id, label: one.display_name })) },
    { group: t('book.anyOfSpecialty'), items: active(specialties.data).map((one) => ({ value: `specialty ${one.code}`, label: one.name })) },
    { group: t('book.anyOfDepartment'), items: active(departments.data).map((one) => ({ value: `department ${one.id}`, label: one.name })) },
  ];
  return (
    <>
      <Unread of={[doctors, specialties, departments]} />
      <Select label={t('book.with')} placeholder={t('book.anybody')} data={data} searchable clearable selectFirstOptionOnChange
        value={value} onChange={onChange} maxDropdownHeight={320} />
    </>
  );
}

function LevelSelect({ value, onChange }: { value: Level | null; onChange: (value: Level | null) => void }) {
  const { t } = useTranslation(['reception', 'words']);
  const may = useMay();
  if (!may('appointment_triage_level')) return null;
  return (
    <Select label={t('reception:book.level')} placeholder={t('reception:book.usual')} clearable value={value}
      onChange={(next) => onChange(next as Level | null)}
      data={(['CRITICAL', 'HIGH', 'MODERATE', 'LOW'] as const).map((one) => ({ value: one, label: t(`words:level.${one}`) }))} />
  );
}

interface ConfirmProps {
  person: Person | undefined;
  slot: Slot | undefined;
  move: Visit | undefined;
  busy: boolean;
  onClick: () => void;
  ref: React.Ref<HTMLButtonElement>;
}

function Confirm({ person, slot, move, busy, onClick, ref }: ConfirmProps) {
  const { t } = useTranslation('reception');
  const format = useFormat();
  const doctorName = useDoctorName();
  return (
    <Paper withBorder p="sm" bg="var(--ambula-surface)">
      <Stack gap="xs">
        <Text size="sm" aria-live="polite">
          {slot ? t('book.chosen', { time: format.dayTime(slot.starts_at), doctor: doctorName(slot.doctor_id) }) : t('book.chooseTime')}
        </Text>
        <Button ref={ref} fullWidth disabled={!slot || !person} loading={busy} onClick={onClick}>
          {move ? t('verb.move') : t('book.submit')}
        </Button>
      </Stack>
    </Paper>
  );
}

/** A lost time: why, what is free instead, or to wait for it. */
function Refused({ error, onTake, onWait }: { error: unknown; onTake: (slot: Slot) => void; onWait: () => void }) {
  const { t } = useTranslation('reception');
  const words = useWords();
  const format = useFormat();
  const doctorName = useDoctorName();
  const others = isProblem(error) ? alternativesOf(error) : [];
  const full = isProblem(error, 'slot-taken') || isProblem(error, 'doctor-day-full') || isProblem(error, 'no-slot');
  return (
    <Alert color="red" variant="light" role="alert" title={words(error)}>
      <Group gap="xs">
        {others.length > 0 && <Text size="sm">{t('board.instead')}</Text>}
        {others.map((other) => (
          <Button key={`${other.doctor_id}${other.starts_at}`} size="compact-sm" variant="default" onClick={() => onTake(other)}>
            {format.dayTime(other.starts_at)}, {doctorName(other.doctor_id)}
          </Button>
        ))}
        {full && (
          <Button size="compact-sm" variant="subtle" onClick={onWait}>
            {t('book.wait')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
