import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** What a change strands: the visits wait with proposals at the desk. */
export function Affected({ count }: { count: number }) {
  const { t } = useTranslation('administration');
  if (count === 0) return null;
  return (
    <Alert color="orange" variant="light" role="status">
      {t('affected', { count })}
    </Alert>
  );
}
