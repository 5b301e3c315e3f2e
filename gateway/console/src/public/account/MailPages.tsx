import { Alert, Anchor, Button, Stack, Text, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useWords } from '~/lib/errors/useWords';
import { useCommand } from '~/lib/useCommand';

import { Frame } from './Frame';
import { mailToken } from './mailToken';
import { NewPassword } from './NewPassword';

function Done({ children }: { children: string }) {
  const { t } = useTranslation('account');
  return (
    <Stack gap="sm">
      <Alert color="teal" variant="light" role="status">
        {children}
      </Alert>
      <Anchor href="/">{t('toSignIn')}</Anchor>
    </Stack>
  );
}

/** `/verify-email#token=…` */
export function VerifyEmail() {
  const { t } = useTranslation('account');
  const words = useWords();
  const [token] = useState(mailToken);
  const verify = useCommand(
    (body: { token: string }, header) => ok(api.POST('/v1/auth/verify-email', { params: { header }, body })),
    { onDone: (account) => setBinding(account.binding ?? 'BOUND'), onRefused: () => true },
  );
  const [binding, setBinding] = useState<'PENDING' | 'BOUND' | 'REFUSED'>();
  // A person presses: programs that look at mails must not use the link up.
  return (
    <Frame title={t('verify.title')}>
      {binding ? (
        <Done>{t(`verify.${binding}`)}</Done>
      ) : (
        <Stack gap="sm">
          <Text size="sm">{t('verify.body')}</Text>
          {verify.error !== null && verify.error !== undefined && (
            <Text c="red" size="sm" role="alert">
              {words(verify.error)}
            </Text>
          )}
          <Button loading={verify.busy} disabled={!token} onClick={() => verify.run({ token })}>
            {t('verify.submit')}
          </Button>
          {!token && <Text size="sm">{t('noToken')}</Text>}
        </Stack>
      )}
    </Frame>
  );
}

/** `/accept-invite#token=…` */
export function AcceptInvite() {
  const { t } = useTranslation('account');
  const words = useWords();
  const [token] = useState(mailToken);
  const [done, setDone] = useState(false);
  const accept = useCommand(
    (body: { token: string; password: string }, header) => ok(api.POST('/v1/auth/accept-invite', { params: { header }, body })),
    { onDone: () => setDone(true), onRefused: () => true },
  );
  return (
    <Frame title={t('invite.title')}>
      {done ? (
        <Done>{t('invite.done')}</Done>
      ) : (
        <NewPassword
          submit={t('invite.submit')}
          busy={accept.busy}
          refusal={accept.error ? words(accept.error) : undefined}
          before={<Text size="sm">{token ? t('invite.body') : t('noToken')}</Text>}
          onSubmit={(password) => accept.run({ token, password })}
        />
      )}
    </Frame>
  );
}

/** `/reset-password#token=…` */
export function ResetPassword() {
  const { t } = useTranslation('account');
  const words = useWords();
  const [token] = useState(mailToken);
  const [done, setDone] = useState(false);
  const reset = useCommand(
    (body: { token: string; new_password: string }, header) => ok(api.POST('/v1/auth/reset-password', { params: { header }, body })),
    { onDone: () => setDone(true), onRefused: () => true },
  );
  return (
    <Frame title={t('reset.title')}>
      {done ? (
        <Done>{t('reset.done')}</Done>
      ) : (
        <NewPassword
          submit={t('reset.submit')}
          busy={reset.busy}
          refusal={reset.error ? words(reset.error) : undefined}
          before={token ? undefined : <Text size="sm">{t('noToken')}</Text>}
          onSubmit={(password) => reset.run({ token, new_password: password })}
        />
      )}
    </Frame>
  );
}

/** `/forgot-password` */
export function ForgotPassword() {
  const { t } = useTranslation('account');
  const words = useWords();
  const [login, setLogin] = useState('');
  const [done, setDone] = useState(false);
  const ask = useCommand(
    (body: { login: string }, header) => ok(api.POST('/v1/auth/forgot-password', { params: { header }, body })),
    { onDone: () => setDone(true), onRefused: () => true },
  );
  useEffect(() => () => setDone(false), []);
  return (
    <Frame title={t('forgot.title')}>
      {done ? (
        <Done>{t('forgot.done')}</Done>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            ask.run({ login: login.trim() });
          }}
        >
          <Stack gap="sm">
            <Text size="sm">{t('forgot.body')}</Text>
            <TextInput
              label={t('signIn.login')}
              autoComplete="username"
              autoCapitalize="none"
              required
              withAsterisk={false}
              autoFocus
              value={login}
              onChange={(event) => setLogin(event.currentTarget.value)}
            />
            {ask.error !== null && ask.error !== undefined && (
              <Text c="red" size="sm" role="alert">
                {words(ask.error)}
              </Text>
            )}
            <Button type="submit" loading={ask.busy}>
              {t('forgot.submit')}
            </Button>
            <Anchor href="/" size="sm">
              {t('toSignIn')}
            </Anchor>
          </Stack>
        </form>
      )}
    </Frame>
  );
}
