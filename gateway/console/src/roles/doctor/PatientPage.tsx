import { Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { PatientRecord } from '~/clinical/PatientRecord';
import { useHistory } from '~/clinical/queries';
import { all, api, ok } from '~/lib/api/client';
import { useDoctorName } from '~/lib/data/directory';
import { useFormat } from '~/lib/format/useFormat';
import { instantOf, today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { Failed } from '~/ui/States';
import { Status } from '~/ui/Words';

import classes from './Consultation.module.css';
import { patientRoute } from './routes';
import { StartButton } from './StartButton';
import { openVisits } from './visits';

/** A patient of the doctor's list: record, and what they came for today, with whomever. */
export function PatientPage() {
  const { t } = useTranslation('doctor');
  const { patientId } = patientRoute.useParams();
  return (
    <Stack gap="md">
      <PatientRecord
        patientId={patientId}
        title={t('patients.one')}
        more={(item) =>
          item.ref.type === 'consultation' ? (
            <Link to="/doctor/consultations/$consultationId" params={{ consultationId: item.ref.id }} className={classes.past}>
              {t('consultation.read')}
            </Link>
          ) : null
        }
      />
      <Today patientId={patientId} />
    </Stack>
  );
}

/** Another doctor's visit can be taken over from here. */
function Today({ patientId }: { patientId: string }) {
  const { t } = useTranslation('doctor');
  const format = useFormat();
  const { zone } = useFacility();
  const doctor = useDoctorName();
  const day = today(zone);
  const own = useQuery({
    queryKey: ['visits', patientId, day],
    queryFn: ({ signal }) =>
      all((cursor) => ok(api.GET('/v1/appointments', { params: { query: { patient_id: patientId, date: day, limit: 200, cursor } }, signal }))),
  });
  const history = useHistory(patientId);
  const mine = own.data ?? [];
  const others = openVisits(history.data?.pages.flatMap((page) => page.items) ?? [], day).filter((visit) => !mine.some((one) => one.id === visit.id));
  const open = [
    ...mine
      .filter((visit) => ['BOOKED', 'CHECKED_IN', 'IN_CONSULTATION'].includes(visit.status))
      .map((visit) => ({ ...visit, time: format.time(visit.starts_at) })),
    ...others.map((visit) => ({ ...visit, time: format.time(instantOf(day, visit.time, zone)), consultation_id: undefined })),
  ];
  if (own.error && own.data === undefined) return <Failed error={own.error} retry={() => void own.refetch()} />;
  if (open.length === 0) return null;
  return (
    <Paper withBorder p="sm" component="section" aria-label={t('patients.today')}>
      <Text fw={600} size="sm" component="h2" mt={0} mb="xs">
        {t('patients.today')}
      </Text>
      <ul className={classes.list}>
        {open.map((visit) => (
          <li key={visit.id} className={classes.item}>
            <Text size="sm">
              <b>{visit.time}</b> {doctor(visit.doctor_id)} <Status value={visit.status} />
            </Text>
            <StartButton visit={{ appointment_id: visit.id }} consultationId={visit.consultation_id} label={visit.time} />
          </li>
        ))}
      </ul>
    </Paper>
  );
}
