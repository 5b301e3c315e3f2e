import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { useFormat, fullName } from '~/lib/format/useFormat';

import { usePatient } from './queries';

/** Whom it is about, in one line: name, sex, age, birth date, record number. */
export function PatientHead({ patientId, fallback }: { patientId: string | undefined; fallback: string }) {
  const { t } = useTranslation('words');
  const format = useFormat();
  const { data } = usePatient(patientId);
  if (!data) return <bdi>{fallback}</bdi>;
  return (
    <>
      <bdi>{fullName(data)}</bdi>{' '}
      <Text span size="sm" c="dimmed" fw={400} display="inline-block">
        {[
          t(`sex.${data.sex}`),
          `${data.birth_date_estimated ? '≈ ' : ''}${format.age(data.birth_date)}`,
          format.day(data.birth_date),
          data.mrn,
          data.blood_group,
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </>
  );
}
