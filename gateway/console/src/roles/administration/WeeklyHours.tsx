import { ActionIcon, Button, Group, NativeSelect, NumberInput, Paper, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { useWords } from '~/lib/errors/useWords';
import { useCommand } from '~/lib/useCommand';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';

import { Affected } from './Affected';
import classes from './WeeklyHours.module.css';

type Availability = Schema<'Availability'>;
type Session = Availability['weekly'][number];
const DAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
const USUAL: Session = { day: 'MON', from: '09:00', to: '17:00', slot_min: 15 };

/** When a doctor sees patients, week by week, in the facility's time. */
export function WeeklyHours({ doctorId }: { doctorId: string }) {
  const query = useQuery({
    queryKey: ['doctors', 'hours', doctorId],
    queryFn: ({ signal }) => ok(api.GET('/v1/doctors/{id}/availability', { params: { path: { id: doctorId } }, signal })),
    // What somebody is typing is not replaced behind them.
    refetchOnWindowFocus: false,
  });
  return (
    <Paper withBorder p="md">
      <Loaded query={query}>{(hours) => <Editor key={hours.version} doctorId={doctorId} hours={hours} />}</Loaded>
    </Paper>
  );
}

function Editor({ doctorId, hours }: { doctorId: string; hours: Availability }) {
  const { t } = useTranslation(['administration', 'ui']);
  const words = useWords();
  const [weekly, setWeekly] = useState(hours.weekly);
  const [validFrom, setValidFrom] = useState(hours.valid_from ?? '');
  const [validTo, setValidTo] = useState(hours.valid_to ?? '');
  const [refused, setRefused] = useState<string>();
  const save = useCommand(
    (body: Schema<'AvailabilityInput'>, header) =>
      ok(api.PUT('/v1/doctors/{id}/availability', { params: { path: { id: doctorId }, header: { ...header, ...ifMatch(hours) } }, body })),
    {
      refreshes: [['doctors', 'hours', doctorId], ['slots']],
      onDone: (after) => {
        const count = after.affected?.length ?? 0;
        sayDone(count > 0 ? t('affected', { count }) : t('saved'));
      },
      onRefused: (error) => {
        if (!isProblem(error) || error.status !== 422) return false;
        setRefused(error.body.errors?.map((one) => one.detail).join(' ') || words(error));
        return true;
      },
    },
  );
  const put = (index: number, change: Partial<Session>) =>
    setWeekly((before) => before.map((one, at) => (at === index ? { ...one, ...change } : one)));
  const last = weekly.at(-1);
  const next = (): Session => ({ ...USUAL, ...last, day: DAYS[(DAYS.indexOf(last?.day ?? 'SUN') + 1) % DAYS.length] ?? 'MON' });
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('hours.zone', { zone: hours.zone })}
      </Text>
      {weekly.length === 0 && <Text size="sm">{t('hours.none')}</Text>}
      {weekly.map((session, index) => (
        <fieldset key={index} className={classes.session}>
          <legend className={classes.legend}>{t('hours.session', { number: index + 1 })}</legend>
          <NativeSelect
            label={t('field.day')}
            value={session.day}
            data={DAYS.map((value) => ({ value, label: t(`hours.day.${value}`) }))}
            onChange={(event) => put(index, { day: event.currentTarget.value as Session['day'] })}
          />
          <TextInput label={t('hours.from')} value={session.from} pattern="[0-2]?[0-9]:[0-5][0-9]" onChange={(event) => put(index, { from: event.currentTarget.value })} />
          <TextInput label={t('hours.to')} value={session.to} pattern="[0-2]?[0-9]:[0-5][0-9]" onChange={(event) => put(index, { to: event.currentTarget.value })} />
          <NumberInput label={t('hours.slot')} min={15} max={180} value={session.slot_min} onChange={(value) => put(index, { slot_min: Number(value) || 15 })} />
          <ActionIcon
            variant="default"
            size="input-sm"
            aria-label={t('hours.remove', { number: index + 1 })}
            onClick={() => setWeekly((before) => before.filter((_, at) => at !== index))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </fieldset>
      ))}
      <Group align="flex-end" gap="xs">
        <TextInput type="date" label={t('hours.validFrom')} value={validFrom} onChange={(event) => setValidFrom(event.currentTarget.value)} />
        <TextInput type="date" label={t('hours.validTo')} value={validTo} onChange={(event) => setValidTo(event.currentTarget.value)} />
      </Group>
      {refused && (
        <Text size="sm" c="red" role="alert">
          {refused}
        </Text>
      )}
      <Affected count={hours.affected?.length ?? 0} />
      <Group justify="space-between">
        <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setWeekly((before) => [...before, next()])}>
          {t('hours.add')}
        </Button>
        <Button
          loading={save.busy}
          onClick={() => {
            setRefused(undefined);
            save.run({ weekly, valid_from: validFrom || null, valid_to: validTo || null });
          }}
        >
          {t('hours.save')}
        </Button>
      </Group>
    </Stack>
  );
}
