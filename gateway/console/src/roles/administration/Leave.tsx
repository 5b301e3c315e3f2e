import { Button, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, instantOf, today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';

import { Affected } from './Affected';

/** Days off and extra hours to come; a day off is never refused, what it strands is told. */
export function Leave({ doctorId }: { doctorId: string }) {
  const { t } = useTranslation('administration');
  const format = useFormat();
  const { zone } = useFacility();
  const from = instantOf(today(zone), '00:00', zone);
  const query = useQuery({
    queryKey: ['doctors', 'exceptions', doctorId, from],
    queryFn: ({ signal }) =>
      ok(api.GET('/v1/doctors/{id}/exceptions', { params: { path: { id: doctorId }, query: { from, limit: 200 } }, signal })),
  });
  const REFRESHES = [['doctors', 'exceptions', doctorId], ['slots']];
  const remove = useCommand(
    (item: string, header) => ok(api.DELETE('/v1/doctors/{id}/exceptions/{item}', { params: { path: { id: doctorId, item }, header } })),
    { refreshes: REFRESHES, onDone: () => sayDone(t('saved')) },
  );
  return (
    <Paper withBorder p="md">
      <Stack>
        <Loaded query={query} isEmpty={(page) => page.items.length === 0} empty={t('leave.none')}>
          {(page) => (
            <Stack gap="xs">
              {page.items.map((one) => (
                <Group key={one.id} justify="space-between">
                  <Text size="sm" dir="auto">
                    {t(`leave.${one.kind}`)}: {format.span(one.from, one.to)} {one.reason && `(${one.reason})`}
                  </Text>
                  <Button size="xs" variant="default" loading={remove.busy} onClick={() => remove.run(one.id)}>
                    {t('remove')}
                  </Button>
                </Group>
              ))}
            </Stack>
          )}
        </Loaded>
        <AddLeave doctorId={doctorId} refreshes={REFRESHES} />
      </Stack>
    </Paper>
  );
}

function AddLeave({ doctorId, refreshes }: { doctorId: string; refreshes: readonly (readonly unknown[])[] }) {
  const { t } = useTranslation('administration');
  const { zone } = useFacility();
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const [affected, setAffected] = useState(0);
  const add = useCommand(
    (body: Schema<'ExceptionInput'>, header) => ok(api.POST('/v1/doctors/{id}/exceptions', { params: { path: { id: doctorId }, header }, body })),
    {
      refreshes,
      onDone: (made) => {
        setAffected(made.affected?.length ?? 0);
        setFrom('');
        setTo('');
        setReason('');
        sayDone(t('saved'));
      },
    },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const end = to || from;
        add.run({
          kind: 'LEAVE',
          from: instantOf(from, '00:00', zone),
          to: instantOf(addDays(end, 1), '00:00', zone),
          ...(reason.trim() ? { reason: reason.trim() } : {}),
        });
      }}
    >
      <Group align="flex-end" gap="xs">
        <TextInput type="date" required label={t('leave.from')} min={today(zone)} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput type="date" label={t('leave.to')} min={from || today(zone)} value={to} onChange={(event) => setTo(event.currentTarget.value)} />
        <TextInput label={t('leave.reason')} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        <Button type="submit" variant="default" loading={add.busy} disabled={!from}>
          {t('leave.add')}
        </Button>
      </Group>
      <Affected count={affected} />
    </form>
  );
}
