import { Button, PasswordInput, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

const SHORTEST = 10;

interface Props {
  submit: string;
  busy: boolean;
  /** The words of a refusal. */
  refusal?: string | undefined;
  before?: ReactNode;
  onSubmit: (password: string) => void;
}

/** A new password, typed twice. */
export function NewPassword({ submit, busy, refusal, before, onSubmit }: Props) {
  const { t } = useTranslation('account');
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [asked, setAsked] = useState(false);
  const tooShort = first.length < SHORTEST;
  const differs = first !== second;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (!tooShort && !differs) onSubmit(first);
      }}
    >
      <Stack gap="sm">
        {before}
        <PasswordInput
          label={t('password.new')}
          description={t('password.rule', { count: SHORTEST })}
          autoComplete="new-password"
          required
          withAsterisk={false}
          maxLength={128}
          value={first}
          error={asked && tooShort ? t('password.rule', { count: SHORTEST }) : undefined}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
          onChange={(event) => setFirst(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('password.again')}
          autoComplete="new-password"
          required
          withAsterisk={false}
          maxLength={128}
          value={second}
          error={asked && differs ? t('password.differs') : undefined}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
          onChange={(event) => setSecond(event.currentTarget.value)}
        />
        {refusal && (
          <Text c="red" size="sm" role="alert">
            {refusal}
          </Text>
        )}
        <Button type="submit" loading={busy}>
          {submit}
        </Button>
      </Stack>
    </form>
  );
}
