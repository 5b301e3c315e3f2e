import { useTranslation } from 'react-i18next';

import { DayFigures } from '~/ui/DayFigures';
import { Page } from '~/ui/Page';

export function StartPage() {
  const { t } = useTranslation('nurse');
  return (
    <Page title={t('start.title')}>
      <DayFigures show={['waiting', 'open_emergencies', 'pending_appointments']} />
    </Page>
  );
}
