import { ActionIcon, Button, Group, Menu, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, dayOf, instant, instantOf, minutesBetween } from '~/lib/format/zone';
import { useFacility, useMe } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';

type Visit = Schema<'DoctorDay'>['appointments'][number];
type Verb = 'cancel' | 'noShow' | 'complete' | 'move';

/** A doctor's own visit: moved, cancelled, completed without a note, or not come. */
export function VisitMenu({ visit }: { visit: Visit }) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  const [asked, setAsked] = useState<Verb>();
  const who = visit.person.display_name ?? t('day.unknown');
  const command = useCommand(
    ({ verb, reason }: { verb: Verb; reason: string }, header): Promise<unknown> => {
      const params = { path: { id: visit.appointment_id }, header };
      if (verb === 'cancel') return ok(api.POST('/v1/appointments/{id}/cancel', { params, body: { reason } }));
      if (verb === 'noShow') return ok(api.POST('/v1/appointments/{id}/no-show', { params, body: {} }));
      return ok(api.POST('/v1/appointments/{id}/complete', { params, body: {} }));
    },
    {
      refreshes: [['doctor-day'], ['visits']],
      onDone: (_, { verb }) => {
        setAsked(undefined);
        sayDone(t(`visit.done.${verb}`));
      },
    },
  );
  if (visit.status !== 'BOOKED' && visit.status !== 'CHECKED_IN') return null;
  const verbs: Verb[] = ['move', 'complete', 'noShow', 'cancel'];
  const close = () => setAsked(undefined);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t('visit.more', { who })}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {verbs.map((verb) => (
            <Menu.Item key={verb} color={verb === 'cancel' || verb === 'noShow' ? 'red' : undefined} onClick={() => setAsked(verb)}>
              {t(`visit.verb.${verb}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ReasonDialog
        opened={asked !== undefined && asked !== 'move'}
        onClose={close}
        title={asked ? t(`visit.verb.${asked}`) : ''}
        confirm={asked ? t(`visit.verb.${asked}`) : ''}
        reason={asked === 'cancel'}
        danger={asked !== 'complete'}
        busy={command.busy}
        onConfirm={(reason) => asked && command.run({ verb: asked, reason })}
      >
        {format.dayTime(visit.starts_at)} · <bdi>{who}</bdi>
      </ReasonDialog>
      <Modal opened={asked === 'move'} onClose={close} title={t('visit.verb.move')}>
        {asked === 'move' && <Move visit={visit} who={who} onClose={close} />}
      </Modal>
    </>
  );
}

function Move({ visit, who, onClose }: { visit: Visit; who: string; onClose: () => void }) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  const { zone } = useFacility();
  const { doctor_id: doctorId = '' } = useMe();
  const [day, setDay] = useState(dayOf(visit.starts_at, zone));
  const [chosen, setChosen] = useState('');
  const minutes = minutesBetween(visit.starts_at, visit.ends_at);
  const slots = useQuery({
    queryKey: ['slots', doctorId, day, minutes],
    queryFn: ({ signal }) => {
      const from = instantOf(day, '00:00', zone);
      const now = instant(Date.now());
      return ok(api.GET('/v1/doctors/{id}/slots', {
        params: {
          path: { id: doctorId },
          query: { from: from < now ? now : from, to: instantOf(addDays(day, 1), '00:00', zone), duration_min: minutes, limit: 100 },
        },
        signal,
      }));
    },
    enabled: Boolean(day),
  });
  const move = useCommand(
    (starts_at: string, header) =>
      ok(api.POST('/v1/appointments/{id}/reschedule', { params: { path: { id: visit.appointment_id }, header }, body: { starts_at, duration_min: minutes } })),
    {
      refreshes: [['doctor-day'], ['visits'], ['slots']],
      onDone: (fresh) => {
        sayDone(t('visit.done.move', { time: format.dayTime(fresh.starts_at) }));
        onClose();
      },
    },
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) move.run(chosen);
      }}
    >
      <Stack gap="md">
        <Text size="sm" component="div">
          {format.dayTime(visit.starts_at)} · <bdi>{who}</bdi>
        </Text>
        <TextInput type="date" label={t('visit.day')} data-autofocus value={day} onChange={(event) => setDay(event.currentTarget.value)} />
        <Loaded query={slots} isEmpty={(page) => page.items.length === 0} empty={t('visit.noSlot')} rows={2}>
          {(page) => (
            <Radio.Group label={t('visit.slot')} value={chosen} onChange={setChosen}>
              <Group gap="sm" mt={4} mah={220} style={{ overflowY: 'auto' }}>
                {page.items.map((slot) => (
                  <Radio key={slot.starts_at} value={slot.starts_at} label={format.time(slot.starts_at)} />
                ))}
              </Group>
            </Radio.Group>
          )}
        </Loaded>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('ui:cancel')}
          </Button>
          <Button type="submit" disabled={!chosen} loading={move.busy}>
            {t('visit.verb.move')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
