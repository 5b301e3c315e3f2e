import { Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';

import classes from './DayFigures.module.css';
import { Loaded } from './States';

export const FIGURES = ['pending_appointments', 'waiting', 'open_emergencies', 'completed_consultations', 'pending_prescriptions',
  'low_stock'] as const;
export type Figure = (typeof FIGURES)[number];

export function useDashboard() {
  return useQuery({
    queryKey: ['dashboard'],
    queryFn: ({ signal }) => ok(api.GET('/v1/dashboard', { signal })),
    refetchInterval: 30_000,
  });
}

/** The facility's day in a few numbers; what the account may not see, or did not come in time, is left out. */
export function DayFigures({ show }: { show: readonly Figure[] }) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  return (
    <Loaded query={useDashboard()} rows={2}>
      {(day) => (
        <dl className={classes.figures}>
          {show
            .filter((name) => day[name] !== undefined)
            .map((name) => (
              <Paper key={name} withBorder p="sm" className={classes.figure} component="div">
                <Text component="dt" size="sm" c="dimmed">
                  {t(`figure.${name}`)}
                </Text>
                <Text component="dd" fz="h2" fw={600} m={0}>
                  {format.number(day[name])}
                </Text>
              </Paper>
            ))}
        </dl>
      )}
    </Loaded>
  );
}
