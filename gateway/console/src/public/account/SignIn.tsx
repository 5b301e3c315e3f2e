import { Alert, Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useWords } from '~/lib/errors/useWords';
import { session } from '~/lib/session/session';
import { useSession } from '~/lib/session/useSession';

import { Frame } from './Frame';

/** `login`: of whom the screen behind is; somebody else starts anew. */
export function SignIn({ login: known }: { login?: string }) {
  const { t } = useTranslation('account');
  const { why } = useSession();
  const words = useWords();
  const [login, setLogin] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  const submit = async () => {
    setBusy(true);
    setFailure(undefined);
    try {
      await session.signIn(login.trim(), password);
      setPassword('');
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Frame title={t('signIn.title')}>
      {why && why !== 'asked' && (
        <Alert color="blue" variant="light" role="status">
          {t(`signIn.why.${why}`)}
        </Alert>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('signIn.login')}
            name="username"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            autoFocus={!known}
            value={login}
            onChange={(event) => setLogin(event.currentTarget.value)}
          />
          <PasswordInput
            label={t('signIn.password')}
            name="password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            autoFocus={Boolean(known)}
            value={password}
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {failure !== undefined && (
            <Text c="red" size="sm" role="alert">
              {words(failure)}
            </Text>
          )}
          <Button type="submit" loading={busy}>
            {t('signIn.submit')}
          </Button>
        </Stack>
      </form>
      <Anchor href="/forgot-password" size="sm">
        {t('signIn.forgot')}
      </Anchor>
      {!known && (
        <Anchor href="/sign-up" size="sm">
          {t('signIn.signUp')}
        </Anchor>
      )}
    </Frame>
  );
}
