import { Alert, Button, Code, CopyButton, Group, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** Shown once and kept nowhere; its owner chooses an own one at the first sign-in. */
export function OneTimePassword({ login, password }: { login: string; password: string }) {
  const { t } = useTranslation('administration');
  return (
    <Alert color="cyan" variant="light" icon={<IconKey aria-hidden />} title={t('oneTime.title')} role="status">
      <Text size="sm">{t('oneTime.body', { login })}</Text>
      <Group mt="xs" gap="xs">
        <Code fz="md" data-one-time>
          {password}
        </Code>
        <CopyButton value={password}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" onClick={copy}>
              {copied ? t('oneTime.copied') : t('oneTime.copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
