import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useDepartments, useDoctorName, useDoctors, usePeople, useSpecialties, type Person } from '~/lib/data/directory';
import { usePages } from '~/lib/data/usePages';
import { useFormat } from '~/lib/format/useFormat';
import { addDays, instant, instantOf, today } from '~/lib/format/zone';
import type { Level } from '~/lib/live/useQueueLive';
import { useFacility, useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { DataTable } from '~/ui/DataTable';
import { Page } from '~/ui/Page';
import { PersonPicker } from '~/ui/PersonPicker';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded, Unread } from '~/ui/States';
import { LevelBadge, Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

type Request = Schema<'WaitingRequest'>;
type State = Request['status'];
const route = getRouteApi('/shell/reception/waiting');

/** Patients who wait for a time to become free. */
export function WaitingPage() {
  const { t } = useTranslation(['reception', 'words']);
  const search = route.useSearch();
  const may = useMay();
  const navigate = useNavigate();
  const [status, setStatus] = useState<State | null>('OPEN');
  const adding = search.patient !== undefined;
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    if (adding) void navigate({ to: '/reception/waiting', search: {}, replace: true });
  };
  return (
    <Page
      title={t('reception:nav.waiting')}
      actions={may('waiting_request_write') && (
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen(true)}>{t('reception:waiting.add')}</Button>
      )}
    >
      <Select
        aria-label={t('reception:status')}
        maw={220}
        clearable
        placeholder={t('reception:patients.all')}
        data={(['OPEN', 'SERVED', 'CANCELLED', 'EXPIRED'] as const).map((one) => ({ value: one, label: t(`words:status.${one}`) }))}
        value={status}
        onChange={(next) => setStatus(next as State | null)}
      />
      <ZoneNotice />
      <Requests status={status} />
      <Modal opened={open || adding} onClose={close} title={t('reception:waiting.add')} closeButtonProps={{ 'aria-label': t('reception:close') }}>
        <Form patientId={search.patient} doctorId={search.doctor} onDone={close} />
      </Modal>
    </Page>
  );
}

function Requests({ status }: { status: State | null }) {
  const { t } = useTranslation('reception');
  const format = useFormat();
  const doctorName = useDoctorName();
  const may = useMay();
  const [asking, setAsking] = useState<Request>();
  const requests = usePages(
    ['waiting-requests', status],
    ({ cursor, signal }) => ok(api.GET('/v1/waiting-requests', { params: { query: { ...(status ? { status } : {}), ...cursor } }, signal })),
    { refetchInterval: 15_000 },
  );
  const people = usePeople(useMemo(() => requests.query.data?.map((one) => one.patient_id) ?? [], [requests.query.data]));
  const specialties = useSpecialties();
  const departments = useDepartments();
  const wantedOf = (request: Request) =>
    specialties.data?.find((one) => one.code === request.specialty)?.name ??
    departments.data?.find((one) => one.id === request.department_id)?.name ??
    request.specialty ??
    '';
  const cancel = useCommand(
    ({ id, reason }: { id: string; reason: string }, header) =>
      ok(api.POST('/v1/waiting-requests/{id}/cancel', { params: { path: { id }, header }, body: { reason } })),
    { refreshes: [['waiting-requests']], onDone: () => { setAsking(undefined); sayDone(t('done.cancel')); } },
  );
  return (
    <>
      <Unread of={[useDoctors(), specialties, departments]} />
      <Loaded query={requests.query} isEmpty={(rows) => rows.length === 0} empty={t('waiting.none')}>
        {(rows) => (
          <DataTable
            label={t('nav.waiting')}
            rows={rows}
            rowKey={(one) => one.id}
            more={requests.more}
            columns={[
              { key: 'who', named: true, label: t('patient.name'), cell: (one) => <Link to="/reception/patients/$id" params={{ id: one.patient_id }}>{people(one.patient_id)?.display_name ?? '…'}</Link> },
              { key: 'what', named: true, label: t('book.with'), cell: (one) => doctorName(one.doctor_id) || wantedOf(one) },
              { key: 'from', whole: true, label: t('waiting.earliest'), cell: (one) => format.dateTime(one.earliest) },
              { key: 'to', whole: true, label: t('waiting.latest'), cell: (one) => format.dateTime(one.latest) },
              { key: 'level', label: t('book.level'), cell: (one) => (one.triage_level ? <LevelBadge value={one.triage_level} /> : null) },
              { key: 'status', label: t('status'), cell: (one) => <Status value={one.status} /> },
              {
                key: 'act', label: t('ui:actions'), unseen: true, end: true,
                cell: (one) =>
                  one.appointment_id ? (
                    <Link to="/reception" search={{ visit: one.appointment_id }}>{t('visit.title')}</Link>
                  ) : one.status === 'OPEN' && may('waiting_request_write') ? (
                    <Button size="compact-sm" variant="default" onClick={() => setAsking(one)}>{t('waiting.cancel')}</Button>
                  ) : null,
              },
            ]}
          />
        )}
      </Loaded>
      <ReasonDialog opened={asking !== undefined} onClose={() => setAsking(undefined)} title={t('waiting.cancel')} confirm={t('waiting.cancel')} danger reason
        busy={cancel.busy} onConfirm={(reason) => asking && cancel.run({ id: asking.id, reason })} />
    </>
  );
}

function Form({ patientId, doctorId, onDone }: { patientId: string | undefined; doctorId: string | undefined; onDone: () => void }) {
  const { t } = useTranslation(['reception', 'words', 'ui']);
  const { zone } = useFacility();
  const known = usePeople(useMemo(() => [patientId], [patientId]))(patientId);
  const [picked, setPicked] = useState<Person>();
  const [who, setWho] = useState<string | null>(doctorId ?? null);
  const [from, setFrom] = useState(() => today(zone));
  const [to, setTo] = useState(() => addDays(today(zone), 7));
  const [level, setLevel] = useState<Level | null>(null);
  const doctors = useDoctors();
  const specialties = useSpecialties();
  const person = picked ?? known;
  const create = useCommand(
    (body: Schema<'WaitingRequestInput'>, header) => ok(api.POST('/v1/waiting-requests', { params: { header }, body })),
    { refreshes: [['waiting-requests']], onDone: () => { sayDone(t('reception:done.waiting')); onDone(); } },
  );
  const submit = () => {
    if (!person || !who) return;
    create.run({
      patient_id: person.id,
      ...(who.startsWith('specialty ') ? { specialty: who.slice(10) } : { doctor_id: who }),
      earliest: from === today(zone) ? instant(Math.ceil(Date.now() / 60_000) * 60_000) : instantOf(from, '00:00', zone),
      latest: instantOf(addDays(to, 1), '00:00', zone),
      ...(level ? { triage_level: level } : {}),
    });
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); submit(); }}>
      <Stack gap="sm">
        <PersonPicker value={person} onChange={setPicked} autoFocus={!patientId} />
        <Unread of={[doctors, specialties]} />
        <Select label={t('reception:book.with')} withAsterisk searchable value={who} onChange={setWho}
          data={[
            { group: t('reception:book.doctors'), items: (doctors.data ?? []).filter((one) => one.active).map((one) => ({ value: one.id, label: one.display_name })) },
            { group: t('reception:book.anyOfSpecialty'), items: (specialties.data ?? []).filter((one) => one.active).map((one) => ({ value: `specialty ${one.code}`, label: one.name })) },
          ]} />
        <Group grow>
          <TextInput type="date" label={t('reception:waiting.earliest')} min={today(zone)} value={from} onChange={(event) => setFrom(event.currentTarget.value || from)} />
          <TextInput type="date" label={t('reception:waiting.latest')} min={from} value={to} onChange={(event) => setTo(event.currentTarget.value || to)} />
        </Group>
        <Select label={t('reception:book.level')} placeholder={t('reception:book.usual')} clearable value={level} onChange={(next) => setLevel(next as Level | null)}
          data={(['CRITICAL', 'HIGH', 'MODERATE', 'LOW'] as const).map((one) => ({ value: one, label: t(`words:level.${one}`) }))} />
        <Button type="submit" disabled={!person || !who} loading={create.busy}>{t('reception:waiting.submit')}</Button>
      </Stack>
    </form>
  );
}
