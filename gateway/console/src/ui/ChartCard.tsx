import '@mantine/charts/styles.css';

import { Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './ChartCard.module.css';

/** For each chart: it does not move, and the keyboard passes over it; the table below it is what is read. */
export const STILL = { isAnimationActive: false };
export const UNFOCUSED = { accessibilityLayer: false };

/** The axis of what is counted or told in whole minutes: two ticks would else read the same. */
export const WHOLE = { allowDecimals: false };
/** The axis of the names beside lying bars: each has its own. */
export const NAMES = { width: 130, interval: 0 };

const NAME_LENGTH = 36;
/** A longer word is wider than the axis, which breaks lines between words only. */
const WORD_LENGTH = 17;
const short = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** A name as it stands beside its bar; the table has it whole. */
export const shortName = (name: string) =>
  short(name.split(' ').map((word) => short(word, WORD_LENGTH)).join(' '), NAME_LENGTH);

interface Props {
  title: string;
  /** What one should see in it, in a sentence. */
  summary?: ReactNode;
  chart: ReactNode;
  /** The same numbers to read: for screen readers, and for who wants them exactly. */
  table: ReactNode;
  isEmpty?: boolean;
}

export function ChartCard({ title, summary, chart, table, isEmpty }: Props) {
  const { t } = useTranslation('ui');
  return (
    <Paper withBorder p="md" component="section" className={classes.card}>
      <Title order={2} size="h5">
        {title}
      </Title>
      {summary && (
        <Text size="sm" c="dimmed" component="div">
          {summary}
        </Text>
      )}
      {isEmpty ? (
        <Text size="sm" c="dimmed" py="lg" ta="center">
          {t('chart.empty')}
        </Text>
      ) : (
        <>
          <div aria-hidden className={classes.chart}>
            {chart}
          </div>
          <details className={classes.details}>
            <summary>{t('chart.numbers')}</summary>
            {table}
          </details>
        </>
      )}
    </Paper>
  );
}
