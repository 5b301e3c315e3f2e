import { useTranslation } from 'react-i18next';

import { DayFigures } from '~/ui/DayFigures';
import { Page } from '~/ui/Page';

export function StartPage() {
  const { t } = useTranslation('pharmacy');
  return (
    <Page title={t('start.title')}>
      <DayFigures show={['pending_prescriptions', 'low_stock']} />
    </Page>
  );
}
