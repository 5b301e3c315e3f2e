import { Alert, Badge, Button, Checkbox, Group, NativeSelect, Paper, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useFormat, fullName } from '~/lib/format/useFormat';
import { LANGUAGES } from '~/lib/i18n';
import { useCommand } from '~/lib/useCommand';
import { changed, filled, useProblemForm } from '~/lib/useProblemForm';
import { ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';

import classes from './Patient.module.css';
import { WithRecord } from './WithRecord';

type Patient = Schema<'Patient'>;
type Preferences = Schema<'PatientPreferences'>;

const ADDRESS = ['line', 'city', 'district', 'state', 'postal_code', 'country'] as const;
const CONTACT = ['name', 'relationship', 'phone'] as const;
const MAILS = ['appointment-booked', 'appointment-moved', 'appointment-cancelled', 'appointment-reminder', 'appointment-reinstated',
  'prescription-issued', 'prescription-ready', 'prescription-dispensed'] as const;

/** One's own record: what one may change, what the clinic knows, which mails come [PAT-8]. */
export function ProfilePage() {
  const { t } = useTranslation('patient');
  return (
    <Page title={t('profile.title')}>
      <Stack gap="lg" className={classes.column}>
        <WithRecord>{(id) => <Profile id={id} />}</WithRecord>
        <Section title={t('profile.account')}>
          <ButtonLink variant="default" to="/account/password" style={{ alignSelf: 'start' }}>
            {t('profile.password')}
          </ButtonLink>
        </Section>
      </Stack>
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder radius="md" p="md" component="section">
      <Stack gap="sm" align="stretch">
        <Title order={2} size="h5">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}

function Profile({ id }: { id: string }) {
  const record = useQuery({
    queryKey: ['patients', id],
    queryFn: async ({ signal }) => (await ok(api.GET('/v1/patients/{id}', { params: { path: { id } }, signal }))) as Patient,
    // A form stands on it: it is read again when it was changed, not under the fingers of who types.
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  });
  const preferences = useQuery({
    queryKey: ['patients', id, 'preferences'],
    queryFn: ({ signal }) => ok(api.GET('/v1/patients/{id}/preferences', { params: { path: { id } }, signal })),
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  });
  return (
    <Loaded query={record} rows={8}>
      {(patient) => (
        <>
          <About patient={patient} />
          {/* Anew when its own values changed at the clinic, never because of a neighbour: what is being typed stays. */}
          <Contact key={JSON.stringify([contactValues(patient), patient.email_pending])} patient={patient} />
          <Loaded query={preferences}>
            {(wishes) => <Mails key={JSON.stringify(wishes)} patient={patient} wishes={wishes} />}
          </Loaded>
          <Known id={id} />
        </>
      )}
    </Loaded>
  );
}

function About({ patient }: { patient: Patient }) {
  const { t } = useTranslation(['patient', 'words']);
  const format = useFormat();
  return (
    <Section title={t('patient:profile.about')}>
      <dl className={classes.facts}>
        <dt>{t('patient:profile.name')}</dt>
        <dd dir="auto">{fullName(patient)}</dd>
        <dt>{t('patient:profile.birthDate')}</dt>
        <dd>{format.day(patient.birth_date)}</dd>
        <dt>{t('patient:profile.sex')}</dt>
        <dd>{t(`words:sex.${patient.sex}`)}</dd>
        <dt>{t('patient:profile.mrn')}</dt>
        <dd>{patient.mrn}</dd>
        {patient.blood_group && (
          <>
            <dt>{t('patient:profile.bloodGroup')}</dt>
            <dd>{patient.blood_group}</dd>
          </>
        )}
      </dl>
      <Text size="xs" c="dimmed">
        {t('patient:profile.aboutHint')}
      </Text>
    </Section>
  );
}

/** Merge patch of an object inside: what was emptied goes, nothing left at all is null. */
function changedInside<Inner extends Record<string, string>>(before: Inner, after: Inner): Record<string, unknown> | null | undefined {
  const patch = changed(before, after);
  if (Object.keys(patch).length === 0) return undefined;
  return Object.keys(filled(after)).length === 0 ? null : patch;
}

function contactValues(patient: Patient) {
  const texts = <Name extends string>(names: readonly Name[], from: Partial<Record<Name, string | undefined>> | undefined) =>
    Object.fromEntries(names.map((name) => [name, from?.[name] ?? ''])) as Record<Name, string>;
  return {
    phone: patient.phone ?? '',
    email: patient.email ?? '',
    address: texts(ADDRESS, patient.address),
    emergency_contact: texts(CONTACT, patient.emergency_contact),
  };
}

function Contact({ patient }: { patient: Patient }) {
  const { t } = useTranslation(['patient', 'ui']);
  const before = contactValues(patient);
  const form = useProblemForm({ initialValues: before });
  const save = useCommand(
    (body: Record<string, unknown>, header) =>
      ok(
        api.PATCH('/v1/patients/{id}', {
          params: { path: { id: patient.id }, header: { ...header, ...ifMatch(patient) } },
          body: body as Schema<'PatientPatch'>,
        }),
      ),
    {
      refreshes: [['patients', patient.id]],
      onDone: () => sayDone(t('patient:profile.saved')),
      onRefused: (error) => form.refuse(error, { 'email-taken': 'email' }),
    },
  );
  const submit = form.onSubmit(({ address, emergency_contact, ...plain }) => {
    const inner = {
      address: changedInside(before.address, address),
      emergency_contact: changedInside(before.emergency_contact, emergency_contact),
    };
    const patch: Record<string, unknown> = changed({ phone: before.phone, email: before.email }, plain);
    for (const [name, value] of Object.entries(inner)) if (value !== undefined) patch[name] = value;
    if (Object.keys(patch).length > 0) save.run(patch);
  });
  return (
    <Section title={t('patient:profile.contact')}>
      <form noValidate onSubmit={submit}>
        <Stack gap="md">
          {patient.email_pending && (
            <Alert color="blue" variant="light" role="status">
              {t('patient:profile.emailPending', { email: patient.email_pending })}
            </Alert>
          )}
          <div className={classes.fields}>
            <TextInput type="tel" autoComplete="tel" label={t('patient:profile.phone')} maxLength={40} {...form.getInputProps('phone')} />
            <TextInput
              type="email"
              autoComplete="email"
              label={t('patient:profile.email')}
              description={t('patient:profile.emailHint')}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              maxLength={254}
              {...form.getInputProps('email')}
            />
          </div>
          <Title order={3} size="h6">
            {t('patient:profile.address')}
          </Title>
          <div className={classes.fields}>
            {ADDRESS.map((name) => (
              <TextInput key={name} label={t(`patient:address.${name}`)} maxLength={100} {...form.getInputProps(`address.${name}`)} />
            ))}
          </div>
          <Title order={3} size="h6">
            {t('patient:profile.emergencyContact')}
          </Title>
          <div className={classes.fields}>
            {CONTACT.map((name) => (
              <TextInput
                key={name}
                label={t(`patient:contact.${name}`)}
                maxLength={name === 'phone' ? 40 : 100}
                {...form.getInputProps(`emergency_contact.${name}`)}
              />
            ))}
          </div>
          <Group>
            <Button type="submit" loading={save.busy} disabled={!form.isDirty()}>
              {t('ui:save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function Mails({ patient, wishes }: { patient: Patient; wishes: Preferences }) {
  const { t } = useTranslation(['patient', 'ui', 'app']);
  const [language, setLanguage] = useState(wishes.language);
  const [email, setEmail] = useState(wishes.channels.email);
  const [optOut, setOptOut] = useState<readonly Preferences['opt_out'][number][]>(wishes.opt_out);
  const save = useCommand(
    (body: Schema<'PatientPreferencesInput'>, header) =>
      ok(
        api.PUT('/v1/patients/{id}/preferences', {
          params: { path: { id: patient.id }, header: { ...header, ...ifMatch(patient) } },
          body,
        }),
      ),
    { refreshes: [['patients', patient.id]], onDone: () => sayDone(t('patient:profile.saved')) },
  );
  const languages = [
    ...LANGUAGES.map((one) => ({ value: one as string, label: t(`app:languages.${one}`) })),
    ...(LANGUAGES.some((one) => one === wishes.language) ? [] : [{ value: wishes.language, label: wishes.language }]),
  ];
  return (
    <Section title={t('patient:profile.mails')}>
      <NativeSelect
        label={t('patient:profile.language')}
        data={languages}
        value={language}
        maw={260}
        onChange={(event) => setLanguage(event.currentTarget.value)}
      />
      <Switch label={t('patient:profile.byEmail')} checked={email} onChange={(event) => setEmail(event.currentTarget.checked)} />
      <fieldset className={classes.answers} disabled={!email}>
        <legend>{t('patient:profile.which')}</legend>
        <Stack gap="xs">
          {MAILS.map((name) => (
            <Checkbox
              key={name}
              label={t(`patient:mail.${name}`)}
              checked={email && !optOut.includes(name)}
              onChange={(event) =>
                setOptOut(event.currentTarget.checked ? optOut.filter((one) => one !== name) : [...optOut, name])
              }
            />
          ))}
        </Stack>
      </fieldset>
      <Group>
        <Button loading={save.busy} onClick={() => save.run({ language, channels: { email }, opt_out: [...optOut] })}>
          {t('ui:save')}
        </Button>
      </Group>
    </Section>
  );
}

/** Allergies and long-term conditions; a nurse or doctor corrects them. */
function Known({ id }: { id: string }) {
  const { t } = useTranslation('patient');
  const allergies = useQuery({
    queryKey: ['patients', id, 'allergies'],
    queryFn: ({ signal }) =>
      ok(api.GET('/v1/patients/{id}/allergies', { params: { path: { id }, query: { status: 'ACTIVE', limit: 200 } }, signal })),
  });
  const conditions = useQuery({
    queryKey: ['patients', id, 'conditions'],
    queryFn: ({ signal }) =>
      ok(api.GET('/v1/patients/{id}/conditions', { params: { path: { id }, query: { status: 'ACTIVE', limit: 200 } }, signal })),
  });
  return (
    <Section title={t('profile.known')}>
      <Title order={3} size="h6">
        {t('profile.allergies')}
      </Title>
      <Loaded query={allergies} rows={1}>
        {({ items }) => <Items items={items.map((one) => ({ id: one.id, text: one.substance, severity: one.severity }))} />}
      </Loaded>
      <Title order={3} size="h6">
        {t('profile.conditions')}
      </Title>
      <Loaded query={conditions} rows={1}>
        {({ items }) => <Items items={items.map((one) => ({ id: one.id, text: one.text, severity: one.severity }))} />}
      </Loaded>
    </Section>
  );
}

function Items({ items }: { items: { id: string; text: string; severity: string | undefined }[] }) {
  const { t } = useTranslation('patient');
  if (items.length === 0) return <Text size="sm">{t('profile.nothingKnown')}</Text>;
  return (
    <ul className={classes.list}>
      {items.map((one) => (
        <li key={one.id} dir="auto">
          {one.text}{' '}
          {one.severity && (
            <Badge variant="light" color="gray" radius="sm">
              {t(`severity.${one.severity}`)}
            </Badge>
          )}
        </li>
      ))}
    </ul>
  );
}
