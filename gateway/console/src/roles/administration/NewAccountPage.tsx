import { Button, Group, Paper, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';

import type { Account } from './account';
import { AccountForm } from './AccountForm';
import { OneTimePassword } from './OneTimePassword';

export function NewAccountPage() {
  const { t } = useTranslation('administration');
  const navigate = useNavigate();
  const [made, setMade] = useState<Account>();
  return (
    <Page title={t('commands.account')}>
      <Paper withBorder p="md">
        {made ? (
          <>
            <Text mb="sm" dir="auto">
              {t('accounts.made', { name: made.display_name })}
            </Text>
            {made.one_time_password && <OneTimePassword login={made.login} password={made.one_time_password} />}
            <Group mt="md" gap="xs">
              <ButtonLink to="/administration/accounts/$id" params={{ id: made.id }} variant="default">
                {t('accounts.open')}
              </ButtonLink>
              <Button onClick={() => setMade(undefined)}>{t('accounts.another')}</Button>
            </Group>
          </>
        ) : (
          <>
            <Text size="sm" c="dimmed" mb="md">
              {t('accounts.newMeans')}
            </Text>
            <AccountForm onSaved={setMade} onCancel={() => void navigate({ to: '/administration/accounts' })} />
          </>
        )}
      </Paper>
    </Page>
  );
}
