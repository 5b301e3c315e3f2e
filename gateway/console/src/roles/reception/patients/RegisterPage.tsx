import { Alert, Anchor, Button, Group, List } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { isProblem } from '~/lib/api/problem';
import { fullName, useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { filled, useProblemForm } from '~/lib/useProblemForm';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Unread } from '~/ui/States';

import { EMPTY, PatientFields, type PatientValues } from './PatientForm';

/** Somebody new. While the name is typed it shows who is here already. */
export function RegisterPage() {
  const { t } = useTranslation(['reception', 'ui']);
  const navigate = useNavigate();
  const form = useProblemForm<PatientValues>({
    initialValues: EMPTY,
    validate: {
      given_name: (value) => (value.trim() === '' ? t('ui:required') : null),
      sex: (value) => (value === null ? t('ui:required') : null),
      birth_date: (value, values) => (value === '' && values.age_years === '' ? t('reception:patient.birthOrAge') : null),
    },
  });
  const register = useCommand(
    (body: Schema<'PatientInput'>, header) => ok(api.POST('/v1/patients', { params: { header }, body })),
    {
      refreshes: [['patients']],
      onDone: (patient) => {
        sayDone(t('reception:done.register', { mrn: patient.mrn }));
        void navigate({ to: '/reception/patients/$id', params: { id: patient.id } });
      },
      onRefused: (error) => form.refuse(error, { 'email-taken': 'email' }),
    },
  );
  return (
    <Page title={t('reception:command.register')}>
      <form noValidate onSubmit={form.onSubmit((values) => register.run(filled(values) as unknown as Schema<'PatientInput'>))}>
        <Twins values={form.values} />
        {isProblem(register.error, 'email-taken') && <Holder email={form.values.email} />}
        <PatientFields form={form} fresh />
        <Group mt="md">
          <Button type="submit" loading={register.busy}>
            {t('reception:command.register')}
          </Button>
          <Button variant="default" onClick={() => history.back()}>
            {t('ui:cancel')}
          </Button>
        </Group>
      </form>
    </Page>
  );
}

/** Records of people who are called so: better opened than made twice. */
function Twins({ values }: { values: PatientValues }) {
  const { t } = useTranslation('reception');
  const format = useFormat();
  const [q] = useDebouncedValue(`${values.given_name} ${values.family_name}`.trim(), 300);
  const known = useQuery({
    queryKey: ['patients', 'suggest', q],
    enabled: values.given_name.trim().length >= 2 && values.family_name.trim().length >= 2,
    queryFn: ({ signal }) => ok(api.GET('/v1/patients/suggest', { params: { query: { q, limit: 5 } }, signal })),
  });
  const items = known.data?.items ?? [];
  if (items.length === 0) return <Unread of={[known]} />;
  return (
    <Alert color="yellow" variant="light" mb="md" maw={760} title={t('patient.twins')} role="status">
      <List size="sm">
        {items.map((one) => (
          <List.Item key={one.id}>
            <Anchor component={Link} to={`/reception/patients/${one.id}`} size="sm">
              {one.display_name}
            </Anchor>{' '}
            {[one.mrn, format.day(one.birth_date), one.phone_masked].filter(Boolean).join(' · ')}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** Who has the address that was refused. */
function Holder({ email }: { email: string }) {
  const { t } = useTranslation('reception');
  const holder = useQuery({
    queryKey: ['patients', 'by-email', email],
    queryFn: ({ signal }) => ok(api.GET('/v1/patients', { params: { query: { email, status: 'ACTIVE' } }, signal })),
  }).data?.items[0];
  if (!holder) return null;
  return (
    <Alert color="red" variant="light" mb="md" maw={760} role="alert">
      {t('patient.hasEmail')}{' '}
      <Anchor component={Link} to={`/reception/patients/${holder.id}`} size="sm" dir="auto">
        {fullName(holder)} ({holder.mrn})
      </Anchor>
    </Alert>
  );
}
