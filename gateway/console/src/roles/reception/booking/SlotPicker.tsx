import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useDoctorName } from '~/lib/data/directory';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, dayOf, instant, instantOf, today } from '~/lib/format/zone';
import type { Level } from '~/lib/live/useQueueLive';
import { useFacility } from '~/lib/session/useSession';
import { Loaded } from '~/ui/States';

import type { Slot } from '../visits';
import classes from './BookPage.module.css';

export interface Wanted {
  doctor_id?: string;
  specialty?: string;
  department_id?: string;
  duration_min?: number;
  triage_level?: Level;
}

const DAYS_AHEAD = 14;
const AT_ONCE = 60;

function useSlots(wanted: Wanted, from: string, to: string) {
  return usePages(
    ['slots', 'search', wanted, from, to],
    ({ cursor, signal }) => ok(api.GET('/v1/slots', { params: { query: { ...wanted, from, to, limit: AT_ONCE, ...cursor } }, signal })),
    { refetchInterval: 30_000 },
  );
}

/** Free times, soonest first, by day. Arrows go from one to the next. */
export function SlotPicker({ wanted, value, onChange }: { wanted: Wanted; value: Slot | undefined; onChange: (slot: Slot) => void }) {
  const { t } = useTranslation('reception');
  const { zone } = useFacility();
  const format = useFormat();
  const doctorName = useDoctorName();
  const [start, setStart] = useState(() => (value ? dayOf(value.starts_at, zone) : today(zone)));
  const window = useMemo(() => {
    const begins = Math.max(Date.parse(instantOf(start, '00:00', zone)), Math.ceil(Date.now() / 60_000) * 60_000);
    return { from: instant(begins), to: instantOf(addDays(start, DAYS_AHEAD), '00:00', zone) };
  }, [start, zone]);
  const slots = useSlots(wanted, window.from, window.to);
  const place = useRef<HTMLDivElement>(null);
  const several = !wanted.doctor_id;

  const press = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !(event.target instanceof HTMLElement)) return;
    const times = [...(place.current?.querySelectorAll<HTMLButtonElement>('[data-time]') ?? [])];
    const next = times[times.indexOf(event.target as HTMLButtonElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  return (
    <Stack gap="sm">
      <Group justify="space-between" align="end">
        <Title order={2} size="h5">
          {t('book.times')}
        </Title>
        <TextInput type="date" label={t('book.from')} min={today(zone)} value={start}
          onChange={(event) => event.currentTarget.value && setStart(event.currentTarget.value)} />
      </Group>
      <Loaded query={slots.query} rows={8} isEmpty={(found) => found.length === 0} empty={t('book.noTimes', { count: DAYS_AHEAD })}>
        {(found) => (
          <div className={classes.days} ref={place} onKeyDown={press}>
            {byDay(found, zone).map(([day, times]) => (
              <section key={day} aria-label={format.longDay(day)}>
                <Text size="sm" fw={600} mb={4}>
                  {format.weekday(day)}
                </Text>
                <div className={classes.times} data-wide={several || undefined}>
                  {times.map((slot) => (
                    <button
                      key={`${slot.doctor_id} ${slot.starts_at}`}
                      type="button"
                      data-time
                      className={classes.time}
                      aria-pressed={value?.doctor_id === slot.doctor_id && value.starts_at === slot.starts_at}
                      onClick={() => onChange(slot)}
                    >
                      {format.time(slot.starts_at)}
                      {several && (
                        <>
                          {' '}
                          <bdi>{doctorName(slot.doctor_id)}</bdi>
                        </>
                      )}
                    </button>
                  ))}
                </div>
              </section>
            ))}
            {slots.more && (
              <Button variant="default" size="xs" loading={slots.more.loading} onClick={slots.more.load}>
                {t('book.later')}
              </Button>
            )}
          </div>
        )}
      </Loaded>
    </Stack>
  );
}

function byDay(slots: readonly Slot[], zone: string): [string, Slot[]][] {
  const days = new Map<string, Slot[]>();
  for (const slot of slots) {
    const day = dayOf(slot.starts_at, zone);
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return [...days];
}
