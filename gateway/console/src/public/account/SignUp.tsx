import { Alert, Anchor, Button, NativeSelect, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { all, api, ok, type Schema } from '~/lib/api/client';
import { useWords } from '~/lib/errors/useWords';
import { useCommand } from '~/lib/useCommand';
import { filled, useProblemForm } from '~/lib/useProblemForm';
import { Loaded } from '~/ui/States';

import { Frame } from './Frame';

const SEXES = ['FEMALE', 'MALE', 'OTHER', 'UNKNOWN'] as const;
const SHORTEST_PASSWORD = 10;

type Facilities = Schema<'FacilityPage'>['items'];

/** `/sign-up`: an account of a patient's own; the mail's link comes next [ID-5]. */
export function SignUp() {
  const { t } = useTranslation('account');
  const [done, setDone] = useState(false);
  const facilities = useQuery({
    queryKey: ['facilities', 'public'],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/facilities', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } }, signal }))),
    staleTime: 300_000,
  });
  return (
    <Frame title={t('signUp.title')}>
      {done ? (
        <Alert color="teal" variant="light" role="status">
          {t('signUp.done')}
        </Alert>
      ) : (
        <Loaded query={facilities}>{(list) => <Form facilities={list} onDone={() => setDone(true)} />}</Loaded>
      )}
      <Anchor href="/" size="sm">
        {t('toSignIn')}
      </Anchor>
    </Frame>
  );
}

function Form({ facilities, onDone }: { facilities: Facilities; onDone: () => void }) {
  const { t } = useTranslation(['account', 'words', 'ui']);
  const words = useWords();
  const needed = (value: string) => (value.trim() ? null : t('ui:required'));
  const form = useProblemForm({
    initialValues: {
      facility_id: facilities.length === 1 ? (facilities[0]?.id ?? '') : '',
      email: '',
      password: '',
      patient: { given_name: '', family_name: '', birth_date: '', sex: '', phone: '' },
    },
    validate: {
      facility_id: needed,
      email: needed,
      password: (value) => (value.length < SHORTEST_PASSWORD ? t('account:password.rule', { count: SHORTEST_PASSWORD }) : null),
      patient: { given_name: needed, birth_date: needed, sex: needed },
    },
  });
  const [refusal, setRefusal] = useState<unknown>();
  const register = useCommand(
    (body: Schema<'Register'>, header) => ok(api.POST('/v1/auth/register', { params: { header }, body })),
    {
      onDone,
      onRefused: (error) => {
        const placed = form.refuse(error, { 'weak-password': 'password', 'password-too-long': 'password' });
        setRefusal(placed ? undefined : error);
        return true;
      },
    },
  );
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(
        (values) => {
          setRefusal(undefined);
          // Spaces at the ends of a password are part of it.
          register.run({ ...filled(values), password: values.password } as Schema<'Register'>);
        },
        (errors) => document.querySelector<HTMLElement>(`[data-path="${Object.keys(errors)[0]}"]`)?.focus(),
      )}
    >
      <Stack gap="sm">
        <Text size="sm">{t('account:signUp.body')}</Text>
        {facilities.length > 1 && (
          <NativeSelect
            label={t('account:signUp.facility')}
            data={[{ value: '', label: t('account:signUp.choose') }, ...facilities.map((one) => ({ value: one.id, label: one.name }))]}
            {...form.getInputProps('facility_id')}
          />
        )}
        <TextInput label={t('account:signUp.givenName')} autoComplete="given-name" maxLength={100} {...form.getInputProps('patient.given_name')} />
        <TextInput label={t('account:signUp.familyName')} autoComplete="family-name" maxLength={100} {...form.getInputProps('patient.family_name')} />
        <TextInput type="date" label={t('account:signUp.birthDate')} autoComplete="bday" {...form.getInputProps('patient.birth_date')} />
        <NativeSelect
          label={t('account:signUp.sex')}
          data={[{ value: '', label: t('account:signUp.choose') }, ...SEXES.map((value) => ({ value, label: t(`words:sex.${value}`) }))]}
          {...form.getInputProps('patient.sex')}
        />
        <TextInput type="tel" label={t('account:signUp.phone')} autoComplete="tel" maxLength={40} {...form.getInputProps('patient.phone')} />
        <TextInput type="email" label={t('account:signUp.email')} autoComplete="email" maxLength={254} {...form.getInputProps('email')} />
        <PasswordInput
          label={t('account:signUp.password')}
          description={t('account:password.rule', { count: SHORTEST_PASSWORD })}
          autoComplete="new-password"
          maxLength={128}
          visibilityToggleButtonProps={{ 'aria-label': t('account:signIn.show') }}
          {...form.getInputProps('password')}
        />
        {refusal !== undefined && (
          <Text c="red" size="sm" role="alert">
            {words(refusal)}
          </Text>
        )}
        <Button type="submit" loading={register.busy}>
          {t('account:signUp.submit')}
        </Button>
      </Stack>
    </form>
  );
}
