import { Anchor, Button, Group, Paper, SegmentedControl, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { useDoctors, usePeople, useQueues, type Person } from '~/lib/data/directory';
import { useWords } from '~/lib/errors/useWords';
import type { QueueEntry } from '~/lib/live/useQueueLive';
import { useCommand } from '~/lib/useCommand';
import { Page } from '~/ui/Page';
import { PersonPicker } from '~/ui/PersonPicker';
import { TicketButton } from '~/ui/queue/TicketButton';
import { Unread } from '~/ui/States';

const route = getRouteApi('/shell/reception/walk-in');

/** Somebody stands at the desk without a visit: a patient of record, or a visitor who is identified later. */
export function WalkInPage() {
  const { t } = useTranslation('reception');
  const search = route.useSearch();
  const [made, setMade] = useState<QueueEntry>();
  return (
    <Page title={t('command.walkIn')}>
      {made ? <Made entry={made} onMore={() => setMade(undefined)} /> : <Form key={JSON.stringify(search)} onMade={setMade} />}
    </Page>
  );
}

function Form({ onMade }: { onMade: (entry: QueueEntry) => void }) {
  const { t } = useTranslation(['reception', 'ui']);
  const search = route.useSearch();
  const known = usePeople(useMemo(() => [search.patient], [search.patient]))(search.patient);
  const [kind, setKind] = useState<'patient' | 'visitor'>('patient');
  const [picked, setPicked] = useState<Person>();
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const [queue, setQueue] = useState<string | null>(search.queue ?? null);
  const [doctor, setDoctor] = useState<string | null>(null);
  const [reason, setReason] = useState('');
  const lines = useQueues();
  const queues = lines.data ?? [];
  const department = queues.find((one) => one.id === queue)?.department_id;
  const doctors = useDoctors();
  const fitting = (doctors.data ?? []).filter((one) => one.active && one.department_id === department);
  const person = picked ?? known;
  const words = useWords();
  const create = useCommand(
    (body: Schema<'QueueEntryInput'>, header) => ok(api.POST('/v1/queue-entries', { params: { header }, body })),
    { refreshes: [['queue-entries'], ['dashboard']], onDone: onMade, onRefused: () => true },
  );
  const who = kind === 'patient' ? person && { patient_id: person.id } : name.trim() && { visitor: { name: name.trim(), ...(phone.trim() ? { phone: phone.trim() } : {}) } };
  const ready = who && queue ? { queue_id: queue, ...who, ...(doctor ? { doctor_id: doctor } : {}), ...(reason.trim() ? { reason: reason.trim() } : {}) } : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) create.run(ready);
      }}
    >
      <Stack gap="sm" maw={460}>
        <SegmentedControl
          value={kind}
          onChange={(next) => setKind(next as 'patient' | 'visitor')}
          aria-label={t('reception:walkIn.who')}
          data={[{ value: 'patient', label: t('reception:walkIn.patient') }, { value: 'visitor', label: t('reception:walkIn.visitor') }]}
        />
        {kind === 'patient' ? (
          <PersonPicker value={person} onChange={setPicked} autoFocus={!person}
            whenNone={() => <Anchor component={Link} to="/reception/register" size="sm" ms="xs">{t('reception:command.register')}</Anchor>} />
        ) : (
          <>
            <TextInput label={t('reception:patient.name')} withAsterisk maxLength={200} dir="auto" autoFocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <TextInput type="tel" label={t('reception:patient.phone')} maxLength={40} value={phone} onChange={(event) => setPhone(event.currentTarget.value)} />
          </>
        )}
        <Unread of={[lines, doctors]} />
        <Select label={t('reception:queues.which')} withAsterisk searchable selectFirstOptionOnChange value={queue} onChange={(next) => { setQueue(next); setDoctor(null); }}
          data={queues.map((one) => ({ value: one.id, label: one.name }))} />
        <Select label={t('reception:doctor')} placeholder={t('reception:book.anybody')} clearable searchable disabled={!queue} value={doctor} onChange={setDoctor}
          data={fitting.map((one) => ({ value: one.id, label: one.display_name }))} />
        <TextInput label={t('reception:visit.reason')} maxLength={1000} dir="auto" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        {create.error !== null && create.error !== undefined && (
          <Text c="red" size="sm" role="alert">
            {words(create.error)}{' '}
            {isProblem(create.error, 'already-queued') && queue && <Anchor component={Link} to={`/reception/queues?queue=${queue}`} size="sm">{t('reception:nav.queues')}</Anchor>}
          </Text>
        )}
        <Button type="submit" disabled={!ready} loading={create.busy}>
          {t('reception:walkIn.submit')}
        </Button>
      </Stack>
    </form>
  );
}

function Made({ entry, onMore }: { entry: QueueEntry; onMore: () => void }) {
  const { t } = useTranslation('reception');
  const navigate = useNavigate();
  return (
    <Paper withBorder p="lg" maw={460}>
      <Stack align="center" gap="xs" role="status">
        <Text size="sm" c="dimmed">{t('walkIn.made')}</Text>
        <Title order={2} fz="3rem">{entry.ticket.label}</Title>
        <Text dir="auto">{entry.patient?.display_name ?? entry.visitor?.name}</Text>
        <TicketButton entry={entry} />
        <Group mt="sm">
          <Button autoFocus onClick={onMore}>{t('walkIn.next')}</Button>
          <Button variant="default" onClick={() => void navigate({ to: '/reception/queues', search: { queue: entry.queue_id } })}>{t('nav.queues')}</Button>
        </Group>
      </Stack>
    </Paper>
  );
}
