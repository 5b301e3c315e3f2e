import { Group, Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useFormat } from '~/lib/format/useFormat';
import { LevelBadge } from '~/ui/Words';

import { humanized, type Measured, noteKey } from './triage';
import classes from './triage.module.css';

/** The level, and everything that led to it: rules that fired, the score with its parts, what is missing. */
export function TriageOutcome({ result, stale }: { result: Measured; stale?: boolean }) {
  const { t } = useTranslation('clinical');
  const format = useFormat();
  const parts = Object.entries(result.parts as Record<string, number>);
  const overridden = 'overridden' in result ? result.overridden : undefined;
  return (
    <Paper withBorder p="sm" aria-live="polite" aria-atomic="true" style={stale ? { opacity: 0.7 } : {}}>
      <Stack gap="xs">
        <Group gap="sm">
          <LevelBadge value={overridden?.level ?? result.level} />
          {result.score !== undefined && (
            <Text size="sm" fw={600}>
              {t('triage.score', { score: format.number(result.score) })}
            </Text>
          )}
        </Group>
        {overridden && (
          <Text size="sm" component="div">
            {t('triage.overridden')} <LevelBadge value={result.level} /> <bdi>{overridden.reason}</bdi>
          </Text>
        )}
        {result.rules.length > 0 && (
          <Section title={t('triage.rules')}>
            <ul className={classes.plain}>
              {result.rules.map((code) => (
                <li key={code}>
                  <RuleName code={code} />
                </li>
              ))}
            </ul>
          </Section>
        )}
        {parts.length > 0 && (
          <Section title={t('triage.parts')}>
            <table className={classes.parts}>
              <tbody>
                {parts.map(([name, points]) => (
                  <tr key={name} data-points={points}>
                    <th scope="row">{t(`vital.${name}`)}</th>
                    <td>{format.number(points)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Section>
        )}
        {result.missing.length > 0 && (
          <Text size="sm">
            {t('triage.missing', { list: result.missing.map((name) => t(`vital.${name}`)).join(', ') })}
          </Text>
        )}
        {result.notes.map((note) => {
          const key = noteKey(note);
          return (
            <Text key={note} size="sm" c="dimmed">
              {key ? t(`triage.note.${key}`) : note}
            </Text>
          );
        })}
        <Text size="xs" c="dimmed">
          {t('triage.ruleSet', { version: result.rule_set })}
        </Text>
      </Stack>
    </Paper>
  );
}

export function RuleName({ code }: { code: string }) {
  const { t } = useTranslation('clinical');
  const news2 = /^NEWS2_(\d+)_OR_MORE$/.exec(code);
  if (news2) return <>{t('rule.NEWS2_OR_MORE', { from: news2[1] })}</>;
  const pain = /^PAIN_(\d+)_OR_MORE$/.exec(code);
  if (pain) return <>{t('rule.PAIN_OR_MORE', { from: pain[1] })}</>;
  if (code === 'NEWS2_SINGLE_3') return <>{t('rule.NEWS2_SINGLE_3')}</>;
  return <>{t(`symptom.${code}`, { defaultValue: humanized(code) })}</>;
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed" fw={600}>
        {title}
      </Text>
      {children}
    </div>
  );
}
