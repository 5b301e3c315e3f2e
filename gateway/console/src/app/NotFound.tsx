import { Button, Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function NotFound() {
  const { t } = useTranslation('app');
  return (
    <Stack align="center" p="xl" component="main">
      <Title order={1} size="h3">
        {t('notFound.title')}
      </Title>
      <Button component="a" href="/">
        {t('notFound.home')}
      </Button>
    </Stack>
  );
}
