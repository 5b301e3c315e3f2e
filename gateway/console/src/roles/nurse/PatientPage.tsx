import { useTranslation } from 'react-i18next';

import { PatientRecord } from '~/clinical/PatientRecord';

import { patientRoute } from './routes';

export function PatientPage() {
  const { t } = useTranslation('nurse');
  const { patientId } = patientRoute.useParams();
  return <PatientRecord patientId={patientId} title={t('patients.one')} />;
}
