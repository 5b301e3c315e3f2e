import { Fieldset, Group, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import type { Schema } from '~/lib/api/client';
import { today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import type { ProblemForm } from '~/lib/useProblemForm';

import classes from './PatientForm.module.css';

/** As the API names them, empty when not filled in. */
export interface PatientValues extends Record<string, unknown> {
  given_name: string;
  family_name: string;
  birth_date: string;
  age_years: number | '';
  sex: 'MALE' | 'FEMALE' | 'OTHER' | 'UNKNOWN' | null;
  phone: string;
  email: string;
  blood_group: string | null;
  address: { line: string; city: string; district: string; state: string; postal_code: string; country: string };
  emergency_contact: { name: string; relationship: string; phone: string };
  medical_history: string;
  notes: string;
}

export const EMPTY: PatientValues = {
  given_name: '', family_name: '', birth_date: '', age_years: '', sex: null, phone: '', email: '', blood_group: null,
  address: { line: '', city: '', district: '', state: '', postal_code: '', country: '' },
  emergency_contact: { name: '', relationship: '', phone: '' }, medical_history: '', notes: '',
};

export function valuesOf(patient: Schema<'Patient'>): PatientValues {
  return {
    ...EMPTY,
    given_name: patient.given_name, family_name: patient.family_name ?? '', birth_date: patient.birth_date, sex: patient.sex,
    phone: patient.phone ?? '', email: patient.email ?? '', blood_group: patient.blood_group ?? null,
    address: { ...EMPTY.address, ...patient.address },
    emergency_contact: { ...EMPTY.emergency_contact, ...patient.emergency_contact },
    medical_history: patient.medical_history ?? '', notes: patient.notes ?? '',
  };
}

const BLOOD_GROUPS = ['A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-'];
const SEXES = ['FEMALE', 'MALE', 'OTHER', 'UNKNOWN'] as const;

/** `fresh`: somebody new, of whom perhaps only the age is known. */
export function PatientFields({ form, fresh }: { form: ProblemForm<PatientValues>; fresh?: boolean }) {
  const { t } = useTranslation(['reception', 'words']);
  const { zone } = useFacility();
  const field = (name: string) => ({ ...form.getInputProps(name), 'data-path': name, key: form.key(name) });
  return (
    <Stack gap="md" maw={760}>
      <div className={classes.grid}>
        <TextInput label={t('reception:patient.givenName')} withAsterisk autoFocus={fresh ?? false} maxLength={100} dir="auto" autoComplete="off" {...field('given_name')} />
        <TextInput label={t('reception:patient.familyName')} maxLength={100} dir="auto" autoComplete="off" {...field('family_name')} />
        <Group gap="xs" wrap="nowrap" align="start" grow>
          <TextInput type="date" label={t('reception:patient.birthDate')} withAsterisk={!fresh || form.values.age_years === ''} max={today(zone)}
            disabled={form.values.age_years !== ''} {...field('birth_date')} />
          {fresh && (
            <NumberInput label={t('reception:patient.orAge')} min={0} max={130} allowDecimal={false} hideControls
              disabled={form.values.birth_date !== ''} {...field('age_years')} />
          )}
        </Group>
        <Select label={t('reception:patient.sex')} withAsterisk data={SEXES.map((one) => ({ value: one, label: t(`words:sex.${one}`) }))} {...field('sex')} />
        <TextInput type="tel" label={t('reception:patient.phone')} maxLength={40} autoComplete="off" {...field('phone')} />
        <TextInput type="email" label={t('reception:patient.email')} maxLength={254} autoComplete="off" {...field('email')} />
      </div>
      <Fieldset legend={t('reception:patient.address')}>
        <div className={classes.grid}>
          <TextInput label={t('reception:patient.line')} maxLength={200} dir="auto" {...field('address.line')} />
          <TextInput label={t('reception:patient.city')} maxLength={100} dir="auto" {...field('address.city')} />
          <TextInput label={t('reception:patient.district')} maxLength={100} dir="auto" {...field('address.district')} />
          <TextInput label={t('reception:patient.region')} maxLength={100} dir="auto" {...field('address.state')} />
          <TextInput label={t('reception:patient.postalCode')} maxLength={20} {...field('address.postal_code')} />
          <TextInput label={t('reception:patient.country')} maxLength={100} dir="auto" {...field('address.country')} />
        </div>
      </Fieldset>
      <Fieldset legend={t('reception:patient.emergency')}>
        <div className={classes.grid}>
          <TextInput label={t('reception:patient.name')} maxLength={100} dir="auto" {...field('emergency_contact.name')} />
          <TextInput label={t('reception:patient.relationship')} maxLength={100} dir="auto" {...field('emergency_contact.relationship')} />
          <TextInput type="tel" label={t('reception:patient.phone')} maxLength={40} {...field('emergency_contact.phone')} />
        </div>
      </Fieldset>
      <div className={classes.grid}>
        <Select label={t('reception:patient.bloodGroup')} clearable data={BLOOD_GROUPS} {...field('blood_group')} />
      </div>
      <Textarea label={t('reception:patient.medicalHistory')} autosize minRows={2} maxLength={4000} dir="auto" {...field('medical_history')} />
      <Textarea label={t('reception:patient.notes')} autosize minRows={2} maxLength={4000} dir="auto" {...field('notes')} />
    </Stack>
  );
}
