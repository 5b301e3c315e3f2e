import { Button, Group, Modal, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { useIdle } from '~/lib/session/useIdle';

/** A minute before the sign-in ends because nobody is there. Any key or click keeps it. */
export function IdleWarning() {
  const { t } = useTranslation('app');
  const left = useIdle();
  return (
    <Modal opened={left !== undefined} onClose={() => undefined} withCloseButton={false} title={t('idle.title')}>
      <Text size="sm" aria-live="polite">
        {t('idle.body', { count: left ?? 0 })}
      </Text>
      <Group justify="flex-end" mt="md">
        <Button data-autofocus>{t('idle.stay')}</Button>
      </Group>
    </Modal>
  );
}
