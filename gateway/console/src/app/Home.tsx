import { Text } from '@mantine/core';
import { Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useSession } from '~/lib/session/useSession';
import { Page } from '~/ui/Page';

import { areasOf } from './areas';

/** `/`: everybody to the start of their own day. */
export function Home() {
  const { t } = useTranslation('app');
  const home = areasOf(useSession())[0]?.home;
  if (home) return <Navigate to={home} replace />;
  return (
    <Page title={t('noScreens.title')}>
      <Text>{t('noScreens.body')}</Text>
    </Page>
  );
}
