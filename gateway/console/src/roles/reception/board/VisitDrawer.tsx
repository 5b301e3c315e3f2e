import { Anchor, Button, Divider, Drawer, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useDoctorName, useDoctors, usePeople } from '~/lib/data/directory';
import { useFormat } from '~/lib/format/useFormat';
import { today, dayOf } from '~/lib/format/zone';
import { useFacility, useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { Facts } from '~/ui/Facts';
import { InlineEdit } from '~/ui/InlineEdit';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { TicketButton } from '~/ui/queue/TicketButton';
import { LevelBadge, Status } from '~/ui/Words';

import { canMove, useVerb, useVisit, VISIT_VIEWS, type Verb, type Visit } from '../visits';

/** A visit from the side: what it is, and everything that the desk does with it. */
export function VisitDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useTranslation('reception');
  const visit = useVisit(id);
  return (
    <Drawer opened={id !== undefined} onClose={onClose} title={t('visit.title')} size="md" closeButtonProps={{ 'aria-label': t('close') }}>
      {id !== undefined && <Loaded query={visit}>{(found) => <Content visit={found} onClose={onClose} />}</Loaded>}
    </Drawer>
  );
}

function Content({ visit, onClose }: { visit: Visit; onClose: () => void }) {
  const { t } = useTranslation(['reception', 'ui']);
  const format = useFormat();
  const doctorName = useDoctorName();
  const doctor = useDoctors().data?.find((one) => one.id === visit.doctor_id);
  const person = usePeople(useMemo(() => [visit.patient_id], [visit.patient_id]))(visit.patient_id);
  return (
    <Stack gap="md">
      <Stack gap={2}>
        <Anchor component={Link} to={`/reception/patients/${visit.patient_id}`} fw={600} size="lg" dir="auto" data-autofocus
          style={{ overflowWrap: 'anywhere' }}>
          {person?.display_name ?? '…'}
        </Anchor>
        {person && (
          <Text size="sm" c="dimmed">
            {[person.mrn, format.day(person.birth_date), format.age(person.birth_date), person.phone_masked].filter(Boolean).join(' · ')}
          </Text>
        )}
      </Stack>
      <Group gap="xs">
        <Status value={visit.status} />
        {visit.triage_level && <LevelBadge value={visit.triage_level} />}
        {visit.move_count > 0 && (
          <Text size="xs" c="dimmed">
            {t('reception:visit.movedTimes', { count: visit.move_count })}
          </Text>
        )}
      </Group>
      <Facts
        rows={[
          [t('reception:visit.when'), `${format.dayTime(visit.starts_at)} – ${format.time(visit.ends_at)}`],
          [t('reception:doctor'), <span key="doctor" dir="auto">{[doctorName(visit.doctor_id), doctor?.room && t('reception:room', { room: doctor.room })].filter(Boolean).join(' · ')}</span>],
          [t('reception:visit.why'), visit.assignment?.reason],
          [t('reception:visit.statusReason'), visit.status_reason],
        ]}
      />
      <Words visit={visit} />
      <Ticket visit={visit} />
      <Divider />
      <Acts visit={visit} onClose={onClose} />
    </Stack>
  );
}

/** The reason and the desk's notes, changed in place. */
function Words({ visit }: { visit: Visit }) {
  const { t } = useTranslation('reception');
  const may = useMay();
  const save = useCommand(
    (body: { reason?: string | null; notes?: string | null }, key) =>
      ok(api.PATCH('/v1/appointments/{id}', {
        params: { path: { id: visit.id }, header: { ...key, ...ifMatch(visit) } },
        body: body as { reason?: string },
      })),
    { refreshes: VISIT_VIEWS },
  );
  const editable = may('appointment_update');
  return (
    <>
      <InlineEdit label={t('visit.reason')} value={visit.reason} editable={editable} busy={save.busy} maxLength={1000}
        onSave={(text) => save.run({ reason: text || null })} />
      <InlineEdit label={t('visit.notes')} value={visit.notes} editable={editable} busy={save.busy} maxLength={4000}
        onSave={(text) => save.run({ notes: text || null })} />
    </>
  );
}

function Ticket({ visit }: { visit: Visit }) {
  const { t } = useTranslation('reception');
  const entries = useQuery<Schema<'QueueEntryPage'>>({
    queryKey: ['queue-entries', 'of-visit', visit.id],
    enabled: visit.status === 'CHECKED_IN' || visit.status === 'IN_CONSULTATION',
    // The queue hears of the check-in a moment after the visit.
    refetchInterval: (query) => (query.state.data?.items.length ? 15_000 : 500),
    queryFn: ({ signal }) => ok(api.GET('/v1/queue-entries', { params: { query: { appointment_id: visit.id } }, signal })),
  });
  const entry = entries.data?.items.find((one) => one.status !== 'TRANSFERRED');
  if (!entry) return null;
  return (
    <Group gap="xs">
      <Text size="sm">
        {t('visit.ticket')}{' '}
        <Text span fw={700}>
          {entry.ticket.label}
        </Text>
      </Text>
      <Status value={entry.status} />
      <TicketButton entry={entry} />
    </Group>
  );
}

interface Act {
  verb: Verb;
  permission: string;
  from: readonly Visit['status'][];
  reason?: boolean;
  danger?: boolean;
  when?: (visit: Visit) => boolean;
}

function useActs(visit: Visit): Act[] {
  const may = useMay();
  const { zone, settings } = useFacility();
  const isToday = dayOf(visit.starts_at, zone) === today(zone);
  const begun = Date.parse(visit.starts_at) <= Date.now();
  const acts: Act[] = [
    { verb: 'check-in', permission: 'appointment_check_in', from: ['BOOKED'], when: () => isToday },
    { verb: 'undo-check-in', permission: 'appointment_check_in', from: ['CHECKED_IN'] },
    { verb: 'complete', permission: 'appointment_complete', from: ['BOOKED', 'CHECKED_IN'], when: () => settings?.desk_may_complete !== false },
    { verb: 'no-show', permission: 'appointment_no_show', from: ['BOOKED', 'CHECKED_IN'], when: () => begun },
    { verb: 'cancel', permission: 'appointment_cancel', from: ['BOOKED', 'CHECKED_IN'], reason: true, danger: true },
    { verb: 'reinstate', permission: 'appointment_reinstate', from: ['CANCELLED', 'NO_SHOW'], reason: true },
  ];
  return acts.filter((act) => may(act.permission) && act.from.includes(visit.status) && (act.when?.(visit) ?? true));
}

function Acts({ visit, onClose }: { visit: Visit; onClose: () => void }) {
  const { t } = useTranslation('reception');
  const navigate = useNavigate();
  const may = useMay();
  const acts = useActs(visit);
  const [asking, setAsking] = useState<Act>();
  const verb = useVerb({
    onDone: (_, { verb: done }) => {
      setAsking(undefined);
      sayDone(t(`done.${done}`));
      if (done !== 'check-in') onClose();
    },
  });
  return (
    <Group gap="xs">
      {acts.map((act) => (
        <Button
          key={act.verb}
          variant={act.verb === 'check-in' || act.verb === 'reinstate' ? 'filled' : 'default'}
          {...(act.danger ? { c: 'red' } : {})}
          loading={verb.busy && !act.reason}
          onClick={() => (act.reason || act.verb === 'no-show' || act.verb === 'complete' ? setAsking(act) : verb.run({ visit, verb: act.verb }))}
        >
          {t(`verb.${act.verb}`)}
        </Button>
      ))}
      {canMove(visit) && may('appointment_reschedule') && (
        <Button variant="default" onClick={() => void navigate({ to: '/reception/book', search: { move: visit.id } })}>
          {t('verb.move')}
        </Button>
      )}
      <ReasonDialog
        opened={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={asking ? t(`verb.${asking.verb}`) : ''}
        confirm={asking ? t(`verb.${asking.verb}`) : ''}
        danger={asking?.danger ?? false}
        reason={asking?.reason ?? false}
        busy={verb.busy}
        onConfirm={(reason) => asking && verb.run({ visit, verb: asking.verb, ...(asking.reason ? { reason } : {}) })}
      >
        {asking && t(`ask.${asking.verb}`)}
      </ReasonDialog>
    </Group>
  );
}
