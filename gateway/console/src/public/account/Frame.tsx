import { Group, Paper, Stack, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { chooseLanguage, LANGUAGES } from '~/lib/i18n';

import classes from './Frame.module.css';

/** A small sheet in the middle: sign-in and the pages that mails link to. */
export function Frame({ title, children }: { title: string; children: ReactNode }) {
  const { t, i18n } = useTranslation('app');
  useEffect(() => {
    document.title = `${title} · Ambula`;
  }, [title]);
  return (
    <main className={classes.frame}>
      <Paper withBorder radius="md" p="xl" className={classes.sheet}>
        <Stack gap="md">
          <Group gap="xs">
            <img src="/icon.svg" alt="" width={28} height={28} />
            <Title order={1} size="h3">
              {title}
            </Title>
          </Group>
          {children}
        </Stack>
      </Paper>
      <Group gap="xs" mt="md" role="group" aria-label={t('language')}>
        {LANGUAGES.map((language) => (
          <button
            key={language}
            type="button"
            lang={language}
            className={classes.language}
            aria-pressed={i18n.language === language}
            onClick={() => void chooseLanguage(language)}
          >
            {t(`languages.${language}`)}
          </button>
        ))}
      </Group>
    </main>
  );
}
