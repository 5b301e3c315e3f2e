import { Alert, Button, Group, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { useFormat } from '~/lib/format/useFormat';
import { useMe } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Empty, Loaded } from '~/ui/States';
import { ZoneNotice } from '~/ui/ZoneNotice';

import classes from './HoursPage.module.css';
import { Leave } from './Leave';
import { Stranded } from './Stranded';
import { DAYS, hoursInSight, minutesAWeek, paint, sameWeek, type Session } from './week';
import { WeekGrid } from './WeekGrid';

type Availability = Schema<'Availability'>;
const LENGTHS = [15, 20, 30, 45, 60];

/** When the doctor works: a painted week, and leave or extra hours on top of it. */
export function HoursPage() {
  const { t } = useTranslation('doctor');
  const { doctor_id: id } = useMe();
  const query = useQuery({
    queryKey: ['availability', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/doctors/{id}/availability', { params: { path: { id: id ?? '' } }, signal })),
    enabled: Boolean(id),
  });
  return (
    <Page title={t('hours.title')}>
      {!id ? (
        <Empty>{t('hours.noDoctor')}</Empty>
      ) : (
        <div className={classes.columns}>
          <Loaded query={query} rows={12}>
            {(availability) => <Week doctorId={id} availability={availability} again={() => void query.refetch()} />}
          </Loaded>
          <Leave doctorId={id} />
        </div>
      )}
      <ZoneNotice />
    </Page>
  );
}

function Week({ doctorId, availability, again }: { doctorId: string; availability: Availability; again: () => void }) {
  const { t } = useTranslation('doctor');
  const { t: w } = useTranslation('words');
  const format = useFormat();
  const [weekly, setWeekly] = useState<Session[]>(availability.weekly);
  const [valid, setValid] = useState({ from: availability.valid_from ?? '', to: availability.valid_to ?? '' });
  const [slot, setSlot] = useState(String(availability.weekly[0]?.slot_min ?? 15));
  const [wholeDay, setWholeDay] = useState(false);
  const [saved, setSaved] = useState<Availability>();
  const [stale, setStale] = useState(false);
  const changed =
    !sameWeek(weekly, availability.weekly) || valid.from !== (availability.valid_from ?? '') || valid.to !== (availability.valid_to ?? '');
  const save = useCommand(
    (input: Schema<'AvailabilityInput'>, header) =>
      ok(api.PUT('/v1/doctors/{id}/availability', { params: { path: { id: doctorId }, header: { ...header, ...ifMatch(availability) } }, body: input })),
    {
      refreshes: [['availability', doctorId], ['slots'], ['doctor-day']],
      onDone: (fresh) => {
        setStale(false);
        setSaved(fresh);
        sayDone(t('hours.saved'));
      },
      onRefused: (error) => {
        if (!isProblem(error, 'version-mismatch')) return false;
        setStale(true);
        again();
        return true;
      },
    },
  );
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <Select
          label={t('hours.slot')}
          w={130}
          allowDeselect={false}
          data={[...new Set([...LENGTHS, Number(slot)])].sort((a, b) => a - b).map((minutes) => ({ value: String(minutes), label: t('hours.minutes', { count: minutes }) }))}
          value={slot}
          onChange={(value) => value && setSlot(value)}
        />
        <TextInput type="date" label={t('hours.from')} value={valid.from} onChange={(event) => setValid({ ...valid, from: event.currentTarget.value })} />
        <TextInput type="date" label={t('hours.to')} value={valid.to} onChange={(event) => setValid({ ...valid, to: event.currentTarget.value })} />
        <Switch label={t('hours.wholeDay')} checked={wholeDay} onChange={(event) => setWholeDay(event.currentTarget.checked)} mb={6} />
      </Group>
      <Text size="xs" c="dimmed">
        {t('hours.how')}
      </Text>
      <WeekGrid weekly={weekly} onChange={setWeekly} slot={Number(slot)} hours={hoursInSight(weekly, wholeDay)} />
      <Exact weekly={weekly} onChange={setWeekly} slot={Number(slot)} />
      <ul className={classes.days}>
        {DAYS.map((day) => {
          const own = weekly.filter((one) => one.day === day);
          return (
            <li key={day}>
              <b>{w(`day.${day}`)}</b>{' '}
              {own.length === 0 ? t('hours.free') : own.map((one) => `${one.from}–${one.to} (${t('hours.minutes', { count: one.slot_min })})`).join(', ')}
            </li>
          );
        })}
      </ul>
      {stale && <Alert color="orange" role="alert">{t('hours.stale')}</Alert>}
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t('hours.sum', { hours: format.decimal(minutesAWeek(weekly) / 60) })}
        </Text>
        <Group gap="xs">
          <Button variant="default" disabled={!changed} onClick={() => setWeekly(availability.weekly)}>
            {t('hours.undo')}
          </Button>
          <Button
            disabled={!changed}
            loading={save.busy}
            onClick={() => save.run({ weekly, ...(valid.from ? { valid_from: valid.from } : {}), ...(valid.to ? { valid_to: valid.to } : {}) })}
          >
            {t('ui:save')}
          </Button>
        </Group>
      </Group>
      {saved && <Stranded affected={saved.affected ?? []} />}
    </Stack>
  );
}

/** The same by exact times. */
function Exact({ weekly, onChange, slot }: { weekly: readonly Session[]; onChange: (weekly: Session[]) => void; slot: number }) {
  const { t } = useTranslation('doctor');
  const { t: w } = useTranslation('words');
  const [day, setDay] = useState<string>('MON');
  const [from, setFrom] = useState('09:00');
  const [to, setTo] = useState('13:00');
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  // Midnight as an end is 24:00.
  const end = to === '00:00' ? 24 * 60 : minutes(to);
  const valid = from !== '' && to !== '' && end > minutes(from);
  const act = (wanted: number | undefined) => onChange(paint(weekly, day as Session['day'], minutes(from), end, wanted));
  return (
    <Group gap="xs" align="flex-end" role="group" aria-label={t('hours.exact')}>
      <Select aria-label={t('hours.day')} w={90} allowDeselect={false} data={DAYS.map((one) => ({ value: one, label: w(`day.${one}`) }))} value={day} onChange={(value) => value && setDay(value)} />
      <TextInput type="time" aria-label={t('hours.begin')} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
      <TextInput type="time" aria-label={t('hours.end')} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      <Button variant="default" disabled={!valid} onClick={() => act(slot)}>
        {t('hours.add')}
      </Button>
      <Button variant="default" disabled={!valid} onClick={() => act(undefined)}>
        {t('hours.wipe')}
      </Button>
    </Group>
  );
}
