import { ActionIcon, Alert, Badge, Button, Fieldset, Group, SegmentedControl, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { all, api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, dayOf, instant, instantOf, timeOf, today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { useProblemForm } from '~/lib/useProblemForm';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded, Unread } from '~/ui/States';

import classes from './HoursPage.module.css';
import { Stranded, VisitList } from './Stranded';

type HoursException = Schema<'HoursException'>;
const HOLDS = ['BOOKED', 'CHECKED_IN'];

/** Leave and extra hours to come; before a leave is taken one sees whom it strands. */
export function Leave({ doctorId }: { doctorId: string }) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  const { zone } = useFacility();
  const [removed, setRemoved] = useState<HoursException>();
  const [made, setMade] = useState<HoursException>();
  const query = useQuery({
    queryKey: ['exceptions', doctorId],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/doctors/{id}/exceptions', {
        params: { path: { id: doctorId }, query: { from: instantOf(today(zone), '00:00', zone), limit: 200, cursor } }, signal,
      }))),
  });
  const refreshes = [['exceptions', doctorId], ['slots'], ['doctor-day'], ['visits-within']];
  const remove = useCommand(
    (one: HoursException, header) =>
      ok(api.DELETE('/v1/doctors/{id}/exceptions/{item}', { params: { path: { id: doctorId, item: one.id }, header: { ...header, ...ifMatch(one) } } })),
    { refreshes, onDone: () => setRemoved(undefined) },
  );
  const span = (one: HoursException) => {
    const [from, to] = [dayOf(one.from, zone), dayOf(one.to, zone)];
    const whole = timeOf(one.from, zone) === '00:00' && timeOf(one.to, zone) === '00:00';
    if (whole) return from === addDays(to, -1) ? format.weekday(from) : `${format.weekday(from)} – ${format.weekday(addDays(to, -1))}`;
    return from === to ? `${format.weekday(from)}, ${format.time(one.from)}–${format.time(one.to)}` : `${format.dayTime(one.from)} – ${format.dayTime(one.to)}`;
  };
  return (
    <Stack gap="md" component="section" aria-label={t('leave.title')}>
      <AddLeave
        doctorId={doctorId}
        refreshes={refreshes}
        onDone={(fresh) => {
          setMade(fresh);
          sayDone(t(fresh.kind === 'LEAVE' ? 'leave.doneLeave' : 'leave.doneExtra'));
        }}
      />
      {made && <Stranded affected={made.affected ?? []} />}
      <Text fw={600} component="h2" m={0}>
        {t('leave.coming')}
      </Text>
      <Loaded query={query} rows={2} isEmpty={(items) => items.length === 0} empty={t('leave.none')}>
        {(items) => (
          <ul className={classes.list}>
            {items.map((one) => (
              <li key={one.id} className={classes.item}>
                <div>
                  <Group gap="xs">
                    <Badge variant="light" color={one.kind === 'LEAVE' ? 'orange' : 'teal'}>
                      {t(`leave.kind.${one.kind}`)}
                    </Badge>
                    <Text size="sm">{span(one)}</Text>
                  </Group>
                  {one.reason && (
                    <Text size="xs" c="dimmed" dir="auto">
                      {one.reason}
                    </Text>
                  )}
                </div>
                <ActionIcon variant="subtle" color="gray" aria-label={t('leave.remove', { when: span(one) })} onClick={() => setRemoved(one)}>
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <ReasonDialog
        opened={removed !== undefined}
        onClose={() => setRemoved(undefined)}
        title={t('leave.removeTitle')}
        confirm={t('ui:remove')}
        danger
        busy={remove.busy}
        onConfirm={() => removed && remove.run(removed)}
      >
        {removed && span(removed)}
      </ReasonDialog>
    </Stack>
  );
}

interface AddProps {
  doctorId: string;
  refreshes: readonly (readonly unknown[])[];
  onDone: (fresh: HoursException) => void;
}

function AddLeave({ doctorId, refreshes, onDone }: AddProps) {
  const { t } = useTranslation('doctor');
  const { zone } = useFacility();
  const [hours, setHours] = useState(false);
  const form = useProblemForm({ initialValues: { kind: 'LEAVE', from: '', to: '', begin: '09:00', end: '13:00', reason: '' } });
  const { kind, from, to, begin, end, reason } = form.values;
  const last = to && to >= from ? to : from;
  const byHours = hours || kind === 'EXTRA';
  // Whole days end where the day after begins.
  const span = from
    ? byHours
      ? { from: instantOf(from, begin, zone), to: instantOf(last, end === '00:00' ? '24:00' : end, zone) }
      : { from: instantOf(from, '00:00', zone), to: instantOf(addDays(last, 1), '00:00', zone) }
    : undefined;
  const within = useQuery({
    queryKey: ['visits-within', doctorId, span?.from, span?.to],
    queryFn: async ({ signal }) => {
      const query = { doctor_id: doctorId, from: span?.from ?? '', to: span?.to ?? '', limit: 200 };
      const found = await all((cursor) => ok(api.GET('/v1/appointments', { params: { query: { ...query, cursor } }, signal })));
      const now = instant(Date.now());
      return found.filter((visit) => HOLDS.includes(visit.status) && visit.ends_at > now);
    },
    enabled: Boolean(span) && kind === 'LEAVE',
  });
  const add = useCommand(
    (input: Schema<'ExceptionInput'>, header) => ok(api.POST('/v1/doctors/{id}/exceptions', { params: { path: { id: doctorId }, header }, body: input })),
    {
      refreshes,
      onDone: (fresh) => {
        form.reset();
        onDone(fresh);
      },
      onRefused: (error) => form.refuse(error),
    },
  );
  const submit = () => {
    if (!span) return form.setFieldError('from', t('ui:required'));
    if (span.to <= span.from) return form.setFieldError(byHours ? 'end' : 'to', t('leave.backwards'));
    add.run({ kind: kind as 'LEAVE' | 'EXTRA', ...span, ...(reason.trim() ? { reason: reason.trim() } : {}) });
  };
  const stranded = kind === 'LEAVE' && span ? (within.data ?? []) : [];
  return (
    <Fieldset legend={t('leave.add')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <SegmentedControl
            aria-label={t('leave.what')}
            data={(['LEAVE', 'EXTRA'] as const).map((value) => ({ value, label: t(`leave.kind.${value}`) }))}
            value={kind}
            onChange={(value) => form.setFieldValue('kind', value)}
          />
          <Group gap="sm" align="flex-start" grow>
            <TextInput type="date" label={t('leave.from')} min={today(zone)} data-path="from" {...form.getInputProps('from')} />
            <TextInput type="date" label={t('leave.to')} min={from || today(zone)} data-path="to" {...form.getInputProps('to')} />
          </Group>
          {kind === 'LEAVE' && <Switch label={t('leave.hours')} checked={hours} onChange={(event) => setHours(event.currentTarget.checked)} />}
          {byHours && (
            <Group gap="sm" align="flex-start" grow>
              <TextInput type="time" label={t('hours.begin')} {...form.getInputProps('begin')} />
              <TextInput type="time" label={t('hours.end')} {...form.getInputProps('end')} />
            </Group>
          )}
          <TextInput label={t('leave.reason')} maxLength={200} data-path="reason" {...form.getInputProps('reason')} />
          <Unread of={[within]} />
          {stranded.length > 0 && (
            <Alert color="orange" title={t('leave.strands', { count: stranded.length })}>
              <VisitList visits={stranded.slice(0, 20)} />
            </Alert>
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={add.busy}>
              {t(kind === 'LEAVE' ? 'leave.confirmLeave' : 'leave.confirmExtra')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Fieldset>
  );
}
