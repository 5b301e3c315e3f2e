import { useTranslation } from 'react-i18next';

import { DayFigures } from '~/ui/DayFigures';
import { Page } from '~/ui/Page';

export function StartPage() {
  const { t } = useTranslation('doctor');
  return (
    <Page title={t('start.title')}>
      <DayFigures show={['pending_appointments', 'waiting', 'open_emergencies', 'completed_consultations']} />
    </Page>
  );
}
