import { Button, Stack, Text, Title } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** A screen that failed, or one whose file is gone because the console was renewed: loaded again, it is the new one. */
export function Crashed(_: ErrorComponentProps) {
  const { t } = useTranslation('app');
  return (
    <Stack align="center" p="xl" role="alert">
      <Title order={1} size="h3">
        {t('crash.title')}
      </Title>
      <Text>{t('crash.body')}</Text>
      <Button onClick={() => location.reload()}>{t('crash.again')}</Button>
    </Stack>
  );
}
