import { Button, Group, Menu, Stack, Tabs, Text, Timeline } from '@mantine/core';
import { IconCalendarPlus, IconDots, IconMail, IconTicket } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useDoctorName } from '~/lib/data/directory';
import { usePages } from '~/lib/data/usePages';
import { fullName, useFormat } from '~/lib/format/useFormat';
import { dayOf } from '~/lib/format/zone';
import { useFacility, useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { changed, useProblemForm } from '~/lib/useProblemForm';
import { DataTable } from '~/ui/DataTable';
import { Page } from '~/ui/Page';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';
import { ZoneNotice } from '~/ui/ZoneNotice';

import { MessagesTab } from './MessagesTab';
import { PatientFields, valuesOf, type PatientValues } from './PatientForm';

type Patient = Schema<'Patient'>;
const route = getRouteApi('/shell/reception/patients/$id');

/** One patient's record as the desk sees it. */
export function RecordPage() {
  const { t } = useTranslation('reception');
  const { id } = route.useParams();
  const may = useMay();
  const patient = useQuery({
    queryKey: ['patients', 'one', id],
    queryFn: async ({ signal }) => (await ok(api.GET('/v1/patients/{id}', { params: { path: { id } }, signal }))) as Patient,
  });
  return (
    <Page
      title={t('patient.title')}
      heading={<span dir="auto">{fullName(patient.data) || t('patient.title')}</span>}
      actions={patient.data && <Actions patient={patient.data} />}
    >
      <Loaded query={patient}>
        {(found) => (
          <>
            <Summary patient={found} />
            <Tabs defaultValue="visits" keepMounted={false}>
              <Tabs.List mb="md">
                <Tabs.Tab value="visits">{t('patient.visits')}</Tabs.Tab>
                <Tabs.Tab value="details">{t('patient.details')}</Tabs.Tab>
                <Tabs.Tab value="history">{t('patient.history')}</Tabs.Tab>
                {may('notification_read') && <Tabs.Tab value="messages">{t('patient.messages')}</Tabs.Tab>}
              </Tabs.List>
              <Tabs.Panel value="visits"><Visits id={found.id} /></Tabs.Panel>
              {/* Anew when somebody else saved, so that nobody's change is overwritten unseen. */}
              <Tabs.Panel value="details"><Details key={found.version} patient={found} /></Tabs.Panel>
              <Tabs.Panel value="history"><History id={found.id} /></Tabs.Panel>
              <Tabs.Panel value="messages"><MessagesTab patientId={found.id} /></Tabs.Panel>
            </Tabs>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Summary({ patient }: { patient: Patient }) {
  const { t } = useTranslation(['reception', 'words']);
  const format = useFormat();
  const facts = [
    patient.mrn, `${format.day(patient.birth_date)} (${format.age(patient.birth_date)}${patient.birth_date_estimated ? `, ${t('reception:patient.estimated')}` : ''})`,
    t(`words:sex.${patient.sex}`), patient.phone, patient.email,
  ];
  return (
    <Group gap="sm">
      <Status value={patient.status} />
      <Text size="sm">{facts.filter(Boolean).join(' · ')}</Text>
      {patient.account_id && <Text size="sm" c="dimmed">{t('reception:patient.hasAccount')}</Text>}
    </Group>
  );
}

function Actions({ patient }: { patient: Patient }) {
  const { t } = useTranslation(['reception', 'ui']);
  const navigate = useNavigate();
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const active = patient.status === 'ACTIVE';
  const invite = useCommand(
    (_: null, header) => ok(api.POST('/v1/patients/{id}/invite', { params: { path: { id: patient.id }, header }, body: {} })),
    { onDone: () => sayDone(t('reception:done.invite')) },
  );
  const state = useCommand(
    ({ reason }: { reason?: string }, key) => {
      const params = { path: { id: patient.id }, header: { ...key, ...ifMatch(patient) } };
      return active
        ? ok(api.POST('/v1/patients/{id}/deactivate', { params, body: { reason: reason ?? '' } }))
        : ok(api.POST('/v1/patients/{id}/reactivate', { params, body: {} }));
    },
    { refreshes: [['patients']], onDone: () => { setAsking(false); sayDone(t(active ? 'reception:done.deactivate' : 'reception:done.reactivate')); } },
  );
  return (
    <>
      {active && may('appointment_book') && (
        <Button leftSection={<IconCalendarPlus size={16} aria-hidden />} onClick={() => void navigate({ to: '/reception/book', search: { patient: patient.id } })}>
          {t('reception:nav.book')}
        </Button>
      )}
      {active && may('queue_entry_create') && (
        <Button variant="default" leftSection={<IconTicket size={16} aria-hidden />} onClick={() => void navigate({ to: '/reception/walk-in', search: { patient: patient.id } })}>
          {t('reception:command.walkIn')}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px="xs" aria-label={t('ui:more')}><IconDots size={18} aria-hidden /></Button>
        </Menu.Target>
        <Menu.Dropdown>
          {active && may('patient_invite') && !patient.account_id && (
            <Menu.Item leftSection={<IconMail size={16} aria-hidden />} onClick={() => invite.run(null)}>{t('reception:patient.invite')}</Menu.Item>
          )}
          {active && (
            <Menu.Item onClick={() => void navigate({ to: '/reception/waiting', search: { patient: patient.id } })}>{t('reception:waiting.add')}</Menu.Item>
          )}
          {may('patient_deactivate') && (
            <Menu.Item c={active ? 'red' : undefined} onClick={() => (active ? setAsking(true) : state.run({}))}>
              {t(active ? 'reception:patient.deactivate' : 'reception:patient.reactivate')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ReasonDialog opened={asking} onClose={() => setAsking(false)} title={t('reception:patient.deactivate')} confirm={t('reception:patient.deactivate')}
        danger reason busy={state.busy} onConfirm={(reason) => state.run({ reason })}>
        {t('reception:patient.deactivateAsk')}
      </ReasonDialog>
    </>
  );
}

function Details({ patient }: { patient: Patient }) {
  const { t } = useTranslation(['reception', 'ui']);
  const may = useMay();
  const before = valuesOf(patient);
  const form = useProblemForm<PatientValues>({
    initialValues: before,
    validate: { given_name: (value) => (value.trim() === '' ? t('ui:required') : null) },
  });
  const save = useCommand(
    (body: Schema<'PatientPatch'>, key) =>
      ok(api.PATCH('/v1/patients/{id}', { params: { path: { id: patient.id }, header: { ...key, ...ifMatch(patient) } }, body })),
    { refreshes: [['patients']], onDone: () => sayDone(t('reception:done.saved')), onRefused: (error) => form.refuse(error, { 'email-taken': 'email' }) },
  );
  const submit = (values: PatientValues) => {
    const { address, emergency_contact: contact, age_years: _, ...plain } = values;
    const patch: Record<string, unknown> = changed(before, plain as PatientValues);
    const where = changed(before.address, address);
    if (Object.keys(where).length > 0) patch.address = where;
    const who = changed(before.emergency_contact, contact);
    if (Object.keys(who).length > 0) patch.emergency_contact = contact.name === '' ? null : who;
    if (Object.keys(patch).length > 0) save.run(patch as Schema<'PatientPatch'>);
  };
  return (
    <form noValidate onSubmit={form.onSubmit(submit)}>
      <PatientFields form={form} />
      {may('patient_update') && (
        <Button type="submit" mt="md" loading={save.busy} disabled={!form.isDirty()}>
          {t('ui:save')}
        </Button>
      )}
    </form>
  );
}

function Visits({ id }: { id: string }) {
  const { t } = useTranslation('reception');
  const format = useFormat();
  const { zone } = useFacility();
  const navigate = useNavigate();
  const doctorName = useDoctorName();
  const visits = usePages(['appointments', 'of-patient', id], ({ cursor, signal }) =>
    ok(api.GET('/v1/appointments', { params: { query: { patient_id: id, ...cursor } }, signal })));
  return (
    <Stack gap="sm">
      <ZoneNotice />
      <Loaded query={visits.query} isEmpty={(found) => found.length === 0} empty={t('patient.noVisits')}>
        {(found) => (
          <DataTable
            label={t('patient.visits')}
            rows={found}
            rowKey={(visit) => visit.id}
            onOpen={(visit) => void navigate({ to: '/reception', search: { date: dayOf(visit.starts_at, zone), visit: visit.id } })}
            more={visits.more}
            columns={[
              { key: 'when', whole: true, label: t('visit.when'), cell: (visit) => format.dateTime(visit.starts_at) },
              { key: 'doctor', label: t('doctor'), cell: (visit) => doctorName(visit.doctor_id) },
              { key: 'reason', label: t('visit.reason'), cell: (visit) => visit.reason },
              { key: 'status', label: t('status'), cell: (visit) => <Status value={visit.status} /> },
            ]}
          />
        )}
      </Loaded>
    </Stack>
  );
}

function History({ id }: { id: string }) {
  const { t } = useTranslation(['reception', 'ui']);
  const format = useFormat();
  const history = usePages(['patients', 'history', id], ({ cursor, signal }) =>
    ok(api.GET('/v1/patients/{id}/history', { params: { path: { id }, query: cursor }, signal })));
  return (
    <Loaded query={history.query} isEmpty={(items) => items.length === 0} empty={t('reception:patient.noHistory')}>
      {(items) => (
          <>
            <Timeline bulletSize={12} lineWidth={2} active={items.length}>
              {items.map((item) => (
                <Timeline.Item key={`${item.at}${item.event}${item.ref.id}`} title={t(`reception:event.${item.event}`, { defaultValue: item.summary })}>
                  <Text size="xs" c="dimmed">{format.dateTime(item.at)}</Text>
                  <Text size="sm" dir="auto">{[item.doctor_name, item.department_name].filter(Boolean).join(' · ')}</Text>
                </Timeline.Item>
              ))}
            </Timeline>
            {history.more && (
              <Button variant="default" size="xs" loading={history.more.loading} onClick={history.more.load}>{t('ui:loadMore')}</Button>
            )}
          </>
      )}
    </Loaded>
  );
}
