import { ActionIcon, Alert, Button, Group, Select, Switch, Text, TextInput } from '@mantine/core';
import { IconCalendarPlus, IconChevronLeft, IconChevronRight, IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { all, api, download, ok } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { useDepartments, useDoctorName, useDoctors, usePeople } from '~/lib/data/directory';
import { useWords } from '~/lib/errors/useWords';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, instant, today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { Page } from '~/ui/Page';
import { sayFailed } from '~/ui/say';
import { Empty, Loading, Unread } from '~/ui/States';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { alternativesOf } from '../booking/alternatives';
import { holdsTime, useDayVisits, useMove, type Slot, type Visit } from '../visits';
import { Board, type Target } from './Board';
import classes from './DayPage.module.css';
import { dayIn, instantAt, type Day } from './layout';
import { sayMoved } from './sayMoved';
import { VisitDrawer } from './VisitDrawer';

const route = getRouteApi('/shell/reception');

/** The free times of a day that are still to come. */
function useDaySlots(day: Day) {
  return useQuery({
    queryKey: ['slots', 'day', day.begins],
    refetchInterval: 30_000,
    queryFn: ({ signal }) => {
      const now = Math.ceil(Date.now() / 60_000) * 60_000;
      const from = Math.max(now, Date.parse(day.begins));
      if (from >= Date.parse(day.ends)) return [];
      const window = { from: instant(from), to: day.ends, limit: 200 };
      return all((cursor) => ok(api.GET('/v1/slots', { params: { query: { ...window, ...(cursor ? { cursor } : {}) } }, signal })), 2000);
    },
  });
}

/** The desk's day: doctors as columns, visits and free times. */
export function DayPage() {
  const { t } = useTranslation('reception');
  const { zone } = useFacility();
  const navigate = useNavigate();
  const { date = today(zone), visit: opened } = route.useSearch();
  const [department, setDepartment] = useState<string | null>(null);
  const [gone, setGone] = useState(false);
  const [refusal, setRefusal] = useState<{ visit: Visit; error: unknown }>();
  const [pending, setPending] = useState<Target>();
  const day = useMemo(() => dayIn(date, zone), [date, zone]);
  const visits = useDayVisits(date);
  const slots = useDaySlots(day);
  const doctors = useDoctors();
  const format = useFormat();
  const people = usePeople(useMemo(() => visits.data?.map((visit) => visit.patient_id) ?? [], [visits.data]));
  const doctorName = useDoctorName();

  const move = useMove({
    onDone: (moved, { visit }) => {
      setPending(undefined);
      setRefusal(undefined);
      sayMoved(t('board.moved', { time: format.dayTime(moved.starts_at), doctor: doctorName(moved.doctor_id) }), t('board.undo'), () =>
        move.run({ visit: moved, starts_at: visit.starts_at, doctor_id: visit.doctor_id }));
    },
    onRefused: (error, { visit }) => {
      setPending(undefined);
      setRefusal({ visit, error });
      return true;
    },
  });
  const moveTo = (target: Target) => {
    setPending(target);
    setRefusal(undefined);
    move.run({ visit: target.visit, starts_at: instantAt(day, target.minute), doctor_id: target.doctorId });
  };
  const shown = useMemo(() => visits.data?.filter((visit) => gone || holdsTime(visit)) ?? [], [visits.data, gone]);
  const columns = useMemo(() => {
    const busy = new Set([...shown.map((visit) => visit.doctor_id), ...(slots.data ?? []).map((slot) => slot.doctor_id)]);
    return (doctors.data ?? []).filter(
      (doctor) => (doctor.active || busy.has(doctor.id)) && (!department || doctor.department_id === department),
    );
  }, [doctors.data, shown, slots.data, department]);
  const go = (to: { date?: string; visit?: string }) => {
    void navigate({ to: '/reception', search: { ...(date === today(zone) ? {} : { date }), ...to } });
  };

  return (
    <Page
      title={t('day.title')}
      heading={format.longDay(date)}
      full
      actions={<Actions date={date} />}
    >
      <Group gap="xs" wrap="wrap">
        <DayChooser date={date} onChange={(next) => go({ date: next })} />
        <DepartmentFilter value={department} onChange={setDepartment} />
        <Switch label={t('day.gone')} checked={gone} onChange={(event) => setGone(event.currentTarget.checked)} />
        <Text size="xs" c="dimmed" ms="auto" className={classes.hint ?? ''}>
          {t('day.keys')}
        </Text>
      </Group>
      <ZoneNotice />
      {refusal && <Refusal {...refusal} onClose={() => setRefusal(undefined)} onTake={(slot) =>
        move.run({ visit: refusal.visit, starts_at: slot.starts_at, doctor_id: slot.doctor_id })} name={people(refusal.visit.patient_id)?.display_name ?? ''} />}
      <Unread of={[visits, slots, doctors, useDepartments()]} />
      {visits.isPending || doctors.isPending ? (
        <Loading rows={10} />
      ) : columns.length === 0 ? (
        // Doctors that could not be read are not doctors that do not exist.
        doctors.data && <Empty>{t('day.noDoctors')}</Empty>
      ) : (
        <Board
          day={day}
          doctors={columns}
          visits={shown}
          slots={slots.data ?? []}
          personOf={people}
          pending={pending}
          onOpen={(visit) => go({ visit: visit.id })}
          onFree={(slot) => void navigate({ to: '/reception/book', search: { doctor: slot.doctor_id, at: slot.starts_at } })}
          onMove={moveTo}
        />
      )}
      <VisitDrawer id={opened} onClose={() => go({})} />
    </Page>
  );
}

function Actions({ date }: { date: string }) {
  const { t } = useTranslation(['reception', 'ui']);
  const words = useWords();
  const navigate = useNavigate();
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
        onClick={() => void download(`/v1/appointments?date=${date}&format=csv`, `visits-${date}.csv`).catch((error: unknown) => sayFailed(words(error)))}
      >
        {t('ui:export')}
      </Button>
      <Button leftSection={<IconCalendarPlus size={16} aria-hidden />} onClick={() => void navigate({ to: '/reception/book', search: {} })}>
        {t('reception:nav.book')}
      </Button>
    </>
  );
}

function DayChooser({ date, onChange }: { date: string; onChange: (date: string) => void }) {
  const { t } = useTranslation('reception');
  const { zone } = useFacility();
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon variant="default" size="input-sm" aria-label={t('day.before')} onClick={() => onChange(addDays(date, -1))}>
        <IconChevronLeft size={18} aria-hidden />
      </ActionIcon>
      <TextInput
        type="date"
        aria-label={t('day.date')}
        value={date}
        onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value)}
      />
      <ActionIcon variant="default" size="input-sm" aria-label={t('day.after')} onClick={() => onChange(addDays(date, 1))}>
        <IconChevronRight size={18} aria-hidden />
      </ActionIcon>
      <Button variant="default" disabled={date === today(zone)} onClick={() => onChange(today(zone))}>
        {t('day.today')}
      </Button>
    </Group>
  );
}

function DepartmentFilter({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const { t } = useTranslation('reception');
  const departments = useDepartments();
  return (
    <Select
      aria-label={t('department')}
      placeholder={t('allDepartments')}
      clearable
      data={(departments.data ?? []).filter((one) => one.active).map((one) => ({ value: one.id, label: one.name }))}
      value={value}
      onChange={onChange}
    />
  );
}

interface RefusalProps {
  visit: Visit;
  name: string;
  error: unknown;
  onClose: () => void;
  onTake: (slot: Slot) => void;
}

/** Why a drop was not taken, in words, and what could be taken instead. */
function Refusal({ name, error, onClose, onTake }: RefusalProps) {
  const { t } = useTranslation('reception');
  const words = useWords();
  const format = useFormat();
  const doctorName = useDoctorName();
  const others = isProblem(error) ? alternativesOf(error) : [];
  return (
    <Alert color="red" variant="light" role="alert" withCloseButton closeButtonLabel={t('close')} onClose={onClose} title={t('board.refused', { name })}>
      <Text size="sm">{words(error)}</Text>
      {others.length > 0 && (
        <Group gap="xs" mt="xs">
          <Text size="sm">{t('board.instead')}</Text>
          {others.map((slot) => (
            <Button key={`${slot.doctor_id}${slot.starts_at}`} size="compact-sm" variant="default" onClick={() => onTake(slot)}>
              {format.dayTime(slot.starts_at)}, {doctorName(slot.doctor_id)}
            </Button>
          ))}
        </Group>
      )}
    </Alert>
  );
}
