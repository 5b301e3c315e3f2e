import { Button, PasswordInput, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useWords } from '~/lib/errors/useWords';
import { session } from '~/lib/session/session';
import { useMe } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { sayDone } from '~/ui/say';

import { Frame } from './Frame';
import { NewPassword } from './NewPassword';

/** `forced`: a one-time password opens nothing but this. */
export function ChangePassword({ forced }: { forced?: boolean }) {
  const { t } = useTranslation('account');
  return (
    <Frame title={t('change.title')}>
      {forced && <Text size="sm">{t('change.forced')}</Text>}
      <ChangePasswordForm />
      <Button variant="subtle" size="xs" onClick={() => void session.signOut()}>
        {t('change.signOut')}
      </Button>
    </Frame>
  );
}

export function ChangePasswordForm({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation('account');
  const words = useWords();
  const { login } = useMe();
  const [current, setCurrent] = useState('');
  const change = useCommand(
    (body: { current_password: string; new_password: string }) => ok(api.POST('/v1/auth/change-password', { body })),
    {
      onDone: () => {
        sayDone(t('change.done'));
        void session.reload().then(onDone);
      },
      onRefused: () => true,
    },
  );
  return (
    <NewPassword
      submit={t('change.submit')}
      busy={change.busy}
      refusal={change.error ? words(change.error) : undefined}
      onSubmit={(next) => change.run({ current_password: current, new_password: next })}
      before={
        <>
          {/* For the browser's store of passwords: whose this is. */}
          <input type="text" name="username" autoComplete="username" value={login} readOnly hidden />
          <PasswordInput
            label={t('change.current')}
            autoComplete="current-password"
            required
            withAsterisk={false}
            autoFocus
            value={current}
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
            onChange={(event) => setCurrent(event.currentTarget.value)}
          />
        </>
      }
    />
  );
}
