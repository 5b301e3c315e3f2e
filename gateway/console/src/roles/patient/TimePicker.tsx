import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, dayOf, instantOf, minutesOf, timeOf, today } from '~/lib/format/zone';
import { Empty, Failed, Loading, Unread } from '~/ui/States';

import { useNames } from './own';
import classes from './Patient.module.css';

export type Slot = Schema<'Slot'>;

/** Of whom: one doctor, or any of a specialty; with the answers about the complaint, as far as these reach. */
export interface Whose {
  doctor?: string | undefined;
  specialty?: string | undefined;
  assessment?: string | undefined;
}

interface Props {
  whose: Whose;
  onPick: (slot: Slot) => void;
  busy?: boolean;
}

const DAYS = 14;
const FARTHEST_DAYS = 60;
const PARTS = [
  { name: 'morning', until: 12 * 60 },
  { name: 'afternoon', until: 17 * 60 },
  { name: 'evening', until: 24 * 60 },
] as const;

function slotQuery(whose: Whose) {
  return {
    ...(whose.doctor ? { doctor_id: whose.doctor } : {}),
    ...(whose.specialty ? { specialty: whose.specialty } : {}),
    ...(whose.assessment ? { assessment_id: whose.assessment } : {}),
  };
}

function useSlots(whose: Whose, from: string | undefined, to: string | undefined, limit: number) {
  return useQuery({
    queryKey: ['slots', whose, from, to, limit],
    queryFn: ({ signal }) =>
      ok(api.GET('/v1/slots', { params: { query: { ...slotQuery(whose), ...(from ? { from } : {}), ...(to ? { to } : {}), limit } }, signal })),
    staleTime: 0,
    refetchInterval: 60_000,
  });
}

/** Free times day by day; opens at the first day that has one. */
export function TimePicker({ whose, onPick, busy }: Props) {
  const { t } = useTranslation('patient');
  const { zone } = useFormat();
  const soonest = useSlots(whose, undefined, undefined, 1);
  const [chosen, setChosen] = useState<string>();
  if (soonest.data === undefined) {
    return soonest.error ? <Failed error={soonest.error} retry={() => void soonest.refetch()} /> : <Loading rows={5} />;
  }
  const first = soonest.data.items[0];
  if (!first && !chosen) return <Empty>{t(whose.assessment ? 'times.noneInReach' : 'times.none')}</Empty>;
  const day = chosen ?? dayOf(first?.starts_at ?? new Date(), zone);
  return (
    <Stack gap="md">
      <Days day={day} onChoose={setChosen} />
      <Day whose={whose} day={day} onPick={onPick} onDay={setChosen} busy={busy ?? false} />
    </Stack>
  );
}

function Days({ day, onChoose }: { day: string; onChoose: (day: string) => void }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const now = today(format.zone);
  const last = addDays(now, FARTHEST_DAYS);
  const start = day < addDays(now, DAYS) ? now : addDays(day, -2);
  const days = Array.from({ length: DAYS }, (_, index) => addDays(start, index)).filter((one) => one <= last);
  const parts = new Intl.DateTimeFormat(format.language, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' });
  useEffect(() => {
    document.querySelector('[data-day][aria-pressed="true"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [day]);
  return (
    <Stack gap="xs">
      <div className={classes.days} role="group" aria-label={t('times.day')}>
        {days.map((one) => {
          const of = Object.fromEntries(parts.formatToParts(new Date(`${one}T00:00:00Z`)).map((part) => [part.type, part.value]));
          return (
            <button
              key={one}
              type="button"
              className={classes.day}
              data-day
              aria-pressed={one === day}
              aria-label={format.longDay(one)}
              onClick={() => onChoose(one)}
            >
              {of.weekday}
              <strong>{of.day}</strong>
              {of.month}
            </button>
          );
        })}
      </div>
      <TextInput
        type="date"
        label={t('times.otherDay')}
        min={now}
        max={last}
        value={day}
        maw={220}
        onChange={(event) => {
          const value = event.currentTarget.value;
          if (value >= now && value <= last) onChoose(value);
        }}
      />
    </Stack>
  );
}

interface DayProps extends Props {
  day: string;
  onDay: (day: string) => void;
}

function Day({ whose, day, onPick, onDay, busy }: DayProps) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const names = useNames();
  const end = instantOf(addDays(day, 1), '00:00', format.zone);
  const from = instantOf(day, '00:00', format.zone);
  const slots = useSlots(whose, from, end, 200);
  if (slots.data === undefined) {
    return slots.error ? <Failed error={slots.error} retry={() => void slots.refetch()} /> : <Loading rows={4} />;
  }
  const items = slots.data.items;
  if (items.length === 0) return <NextFree whose={whose} after={end} day={day} onDay={onDay} />;
  const minutes = (slot: Slot) => minutesOf(timeOf(slot.starts_at, format.zone));
  let from_ = 0;
  return (
    <Stack gap="md">
      <Text fw={600} aria-live="polite">
        {format.longDay(day)}
      </Text>
      {PARTS.map(({ name, until }) => {
        const begin = from_;
        from_ = until;
        const own = items.filter((slot) => minutes(slot) >= begin && minutes(slot) < until);
        if (own.length === 0) return null;
        return (
          <section key={name} aria-label={t(`times.${name}`)}>
            <Title order={2} size="h6" mb={6}>
              {t(`times.${name}`)}
            </Title>
            <ul className={`${classes.times} ${whose.doctor ? '' : classes.timesWide}`}>
              {own.map((slot) => (
                <li key={`${slot.starts_at} ${slot.doctor_id}`}>
                  <button type="button" className={classes.time} disabled={busy} onClick={() => onPick(slot)}>
                    {format.time(slot.starts_at)}
                    {!whose.doctor && <small dir="auto">{names.doctor(slot.doctor_id)?.display_name}</small>}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </Stack>
  );
}

function NextFree({ whose, after, day, onDay }: { whose: Whose; after: string; day: string; onDay: (day: string) => void }) {
  const { t } = useTranslation('patient');
  const format = useFormat();
  const next = useSlots(whose, after, undefined, 1);
  const found = next.data?.items[0];
  const to = found ? dayOf(found.starts_at, format.zone) : undefined;
  return (
    <Empty
      action={
        next.error ? (
          <Unread of={[next]} />
        ) : to && (
          <Group>
            <Button variant="light" onClick={() => onDay(to)}>
              {t('times.goTo', { day: format.weekday(to) })}
            </Button>
          </Group>
        )
      }
    >
      {t('times.noneOn', { day: format.longDay(day) })}
    </Empty>
  );
}
