import { Button, Group, NativeSelect, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { all, api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useDepartments, useSpecialties } from '~/lib/data/directory';
import { useFacility } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { changed, filled, useProblemForm } from '~/lib/useProblemForm';
import { Unread, useNothingFound } from '~/ui/States';

import { DIRECTORY } from './directory';

type Doctor = Schema<'Doctor'>;
const SEXES = ['FEMALE', 'MALE', 'OTHER', 'UNKNOWN'] as const;

interface Props {
  doctor?: Doctor;
  onSaved: (doctor: Doctor) => void;
  onCancel: () => void;
}

export function DoctorForm({ doctor, onSaved, onCancel }: Props) {
  const { t } = useTranslation(['administration', 'ui', 'words']);
  const facility = useFacility();
  const currency = doctor?.fee?.currency ?? facility.currency;
  const departments = useDepartments();
  const specialties = useSpecialties();
  const accounts = useQuery({
    queryKey: ['accounts', 'doctors'],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/accounts', { params: { query: { role: 'doctor', active: true, limit: 200, cursor } }, signal }))),
  });
  const before = {
    display_name: doctor?.display_name ?? '',
    department_id: doctor?.department_id ?? '',
    specialty: doctor?.specialty ?? '',
    account_id: doctor?.account_id ?? '',
    room: doctor?.room ?? '',
    phone: doctor?.phone ?? '',
    email: doctor?.email ?? '',
    sex: (doctor?.sex ?? '') as string,
    fee: doctor?.fee?.amount ?? '',
  };
  const form = useProblemForm({
    initialValues: before,
    validate: {
      department_id: (value) => (value === '' ? t('ui:required') : null),
      specialty: (value) => (value === '' ? t('ui:required') : null),
    },
  });
  const money = (amount: unknown) => ({ amount: Number(amount).toFixed(2), currency });
  const save = useCommand(
    (values: typeof before, header) => {
      if (!doctor) {
        const { fee, ...rest } = values;
        const body = filled({ ...rest, fee: fee === '' ? undefined : money(fee) }) as unknown as Schema<'DoctorInput'>;
        return ok(api.POST('/v1/doctors', { params: { header }, body }));
      }
      const { fee, ...patch } = changed(before, values) as Record<string, unknown>;
      const body = { ...patch, ...(fee === undefined ? {} : { fee: fee === null ? null : money(fee) }) };
      return ok(
        api.PATCH('/v1/doctors/{id}', { params: { path: { id: doctor.id }, header: { ...header, ...ifMatch(doctor) } }, body: body as never }),
      );
    },
    {
      refreshes: DIRECTORY,
      onDone: onSaved,
      onRefused: (error) =>
        form.refuse(error, {
          'not-a-doctor': 'account_id', 'already-exists': 'account_id', 'unknown-specialty': 'specialty', 'unknown-department': 'department_id',
        }),
    },
  );
  const active = <Unit extends { id: string; active: boolean }>(units: Unit[] | undefined, chosen: string, of: (unit: Unit) => string) =>
    (units ?? []).filter((one) => one.active || of(one) === chosen);
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.run(values))}>
      <Stack maw={520}>
        <Unread of={[departments, specialties, accounts]} />
        <TextInput label={t('field.name')} required maxLength={200} autoFocus={!doctor} data-autofocus {...form.getInputProps('display_name')} />
        <Group grow align="flex-start">
          <NativeSelect
            label={t('field.department')}
            required
            data={[
              { value: '', label: t('ui:choose') },
              ...active(departments.data, before.department_id, (one) => one.id).map((one) => ({ value: one.id, label: one.name })),
            ]}
            {...form.getInputProps('department_id')}
          />
          <NativeSelect
            label={t('field.specialty')}
            required
            data={[
              { value: '', label: t('ui:choose') },
              ...active(specialties.data, before.specialty, (one) => one.code).map((one) => ({ value: one.code, label: one.name })),
            ]}
            {...form.getInputProps('specialty')}
          />
        </Group>
        <Select
          label={t('doctors.account')}
          description={t('doctors.accountMeans')}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': t('clear') }}
          nothingFoundMessage={useNothingFound(accounts, t('nothingFound'))}
          data={(accounts.data ?? []).map((one) => ({ value: one.id, label: `${one.display_name} (${one.login})` }))}
          {...form.getInputProps('account_id')}
          value={form.values.account_id || null}
          onChange={(id) => form.setFieldValue('account_id', id ?? '')}
        />
        <Group grow align="flex-start">
          <TextInput label={t('field.room')} maxLength={40} {...form.getInputProps('room')} />
          <NumberInput label={t('doctors.fee', { currency })} min={0} decimalScale={2} {...form.getInputProps('fee')} />
        </Group>
        <Group grow align="flex-start">
          <TextInput label={t('field.phone')} type="tel" maxLength={40} {...form.getInputProps('phone')} />
          <TextInput label={t('field.email')} type="email" maxLength={254} {...form.getInputProps('email')} />
        </Group>
        <NativeSelect
          label={t('field.sex')}
          data={[{ value: '', label: t('doctors.sexUnsaid') }, ...SEXES.map((value) => ({ value, label: t(`words:sex.${value}`) }))]}
          {...form.getInputProps('sex')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {t('ui:cancel')}
          </Button>
          <Button type="submit" loading={save.busy}>
            {t('ui:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
