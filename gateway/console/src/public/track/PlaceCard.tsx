import { Group, Paper, Stack, Text } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { LiveState } from '~/lib/live/useLive';
import { LiveBadge } from '~/ui/LiveBadge';
import { Status } from '~/ui/Words';

import classes from './PlaceCard.module.css';
import type { Position } from './usePlace';

interface Props {
  label: string;
  place: Position;
  state: LiveState;
  /** Where: the queue's or the department's name. */
  where?: ReactNode;
}

/** A ticket and where it stands: what counts is readable at arm's length. */
export function PlaceCard({ label, place, state, where }: Props) {
  const { t } = useTranslation('track');
  const called = place.status === 'CALLED';
  useBuzz(called);
  return (
    <Paper withBorder radius="md" p="md" className={classes.card} data-called={called || undefined} data-old={state === 'reconnecting' || undefined}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs">
          <Text size="sm" className={classes.where ?? ''} dir="auto">
            {where}
          </Text>
          <LiveBadge state={state} />
        </Group>
        <p className={classes.label}>
          <span className={classes.hidden}>{t('ticket')} </span>
          {label}
        </p>
        <div role="status" aria-live={called ? 'assertive' : 'polite'} aria-atomic="true">
          {called ? <Called room={place.room} /> : <Standing place={place} />}
        </div>
      </Stack>
    </Paper>
  );
}

function Called({ room }: { room?: string | undefined }) {
  const { t } = useTranslation('track');
  return (
    <p className={classes.come}>
      {t('come')}
      {room && (
        <>
          {' '}
          <bdi>{t('room', { room })}</bdi>
        </>
      )}
    </p>
  );
}

function Standing({ place }: { place: Position }) {
  const { t } = useTranslation('track');
  if (place.status !== 'WAITING') {
    return (
      <Stack gap={4} align="flex-start">
        <Status value={place.status} />
        <Text size="sm">{t(`about.${place.status}`, { defaultValue: '' })}</Text>
      </Stack>
    );
  }
  return (
    <Stack gap={4}>
      <Text fz="lg" fw={600}>
        {place.ahead === 0 ? t('next') : t('ahead', { count: place.ahead })}
      </Text>
      <Wait place={place} />
    </Stack>
  );
}

/** How long it takes, with its spread, and only where there is evidence. */
function Wait({ place }: { place: Position }) {
  const { t } = useTranslation('track');
  const { expected_wait_min: minutes, expected_wait_spread_min: spread } = place;
  if (minutes === undefined) return <Text size="sm">{t('waitUnknown')}</Text>;
  const [quick, slow] = spread ?? [];
  return (
    <Text size="sm">
      {minutes === 0 ? t('soon') : t('wait', { count: minutes })}
      {quick !== undefined && slow !== undefined && slow > quick && <> {t('spread', { quick, slow })}</>}
    </Text>
  );
}

/** A phone in a pocket says it, too, where its owner has touched the page. */
function useBuzz(called: boolean): void {
  useEffect(() => {
    if (called && navigator.userActivation?.hasBeenActive) navigator.vibrate?.([250, 120, 250]);
  }, [called]);
}
