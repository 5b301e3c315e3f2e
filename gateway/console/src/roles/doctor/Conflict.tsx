import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './Consultation.module.css';
import { type Diagnosis, difference, type Path, type Value } from './note';
import type { NoteDraft } from './useNoteDraft';

const TEXT_PATHS: readonly Path[] = ['complaint', 'history', 'examination', 'plan', 'follow_up.note'];

/** A field, and under it what somebody else saved there while it changed here: one of the two, or both, is chosen in place. */
export function Conflict({ path, draft, children }: { path: Path; draft: NoteDraft; children: ReactNode }) {
  const { t } = useTranslation('doctor');
  const conflict = draft.conflicts[path];
  if (!conflict) return <div>{children}</div>;
  const mine = draft.fields[path];
  const { theirs } = conflict;
  const both = TEXT_PATHS.includes(path) && Boolean(mine) && Boolean(theirs);
  const joined = path === 'diagnoses' ? joinedDiagnoses(mine, theirs) : both ? `${String(mine).trim()}\n${String(theirs).trim()}` : undefined;
  return (
    <Stack gap={4}>
      {children}
      <Alert color="orange" variant="light" role="alert" title={t('conflict.title')} p="xs">
        <Text size="sm" component="div" className={classes.theirs} dir="auto">
          <Theirs mine={mine} theirs={theirs} />
        </Text>
        <Group gap="xs">
          <Button size="compact-sm" variant="default" onClick={() => draft.resolve(path, mine)}>
            {t('conflict.mine')}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => draft.resolve(path, theirs)}>
            {t('conflict.theirs')}
          </Button>
          {joined !== undefined && (
            <Button size="compact-sm" variant="default" onClick={() => draft.resolve(path, joined)}>
              {t('conflict.both')}
            </Button>
          )}
        </Group>
      </Alert>
    </Stack>
  );
}

function Theirs({ mine, theirs }: { mine: Value | undefined; theirs: Value | undefined }) {
  const { t } = useTranslation('doctor');
  if (theirs === undefined) return <i>{t('conflict.emptied')}</i>;
  if (Array.isArray(theirs)) return <>{theirs.map((one) => [one.code, one.text].filter(Boolean).join(' ')).join('; ')}</>;
  if (typeof theirs !== 'string' || typeof mine !== 'string') return <>{String(theirs)}</>;
  const { before, changed, after } = difference(mine, theirs);
  return (
    <>
      {before}
      <mark>{changed}</mark>
      {after}
    </>
  );
}

function joinedDiagnoses(mine: Value | undefined, theirs: Value | undefined): Diagnosis[] {
  const own = Array.isArray(mine) ? mine : [];
  const other = Array.isArray(theirs) ? theirs : [];
  const known = new Set(own.map((one) => `${one.code} ${one.text}`));
  const more = other.filter((one) => !known.has(`${one.code} ${one.text}`));
  // One is primary at most.
  const primary = own.some((one) => one.primary);
  return [...own, ...more.map(({ primary: theirPrimary, ...one }) => (theirPrimary && !primary ? { ...one, primary: true } : one))];
}
