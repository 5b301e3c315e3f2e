import { Alert, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { PatientHead } from '~/clinical/PatientHead';
import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';

import classes from './HoursPage.module.css';

/** So many are named; the desk has them all. */
const NAMED = 20;

/** The visits that stand outside the hours now, and who moves them. */
export function Stranded({ affected }: { affected: readonly string[] }) {
  const { t } = useTranslation('doctor');
  const visits = useQueries({
    queries: affected.slice(0, NAMED).map((id) => ({
      queryKey: ['visits', id],
      queryFn: () => ok(api.GET('/v1/appointments/{id}', { params: { path: { id } } })),
    })),
  });
  if (affected.length === 0) return null;
  return (
    <Alert color="orange" role="alert" title={t('stranded.title', { count: affected.length })}>
      <Text size="sm">{t('stranded.who')}</Text>
      <VisitList visits={visits.flatMap((one) => (one.data ? [one.data] : []))} />
    </Alert>
  );
}

export function VisitList({ visits }: { visits: readonly Schema<'Appointment'>[] }) {
  const format = useFormat();
  return (
    <ul className={classes.list} style={{ marginTop: '0.5rem' }}>
      {visits.map((visit) => (
        <li key={visit.id}>
          <b>{format.dayTime(visit.starts_at)}</b> <PatientHead patientId={visit.patient_id} fallback="" />
        </li>
      ))}
    </ul>
  );
}
