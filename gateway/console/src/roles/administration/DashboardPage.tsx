import { Group, Paper, Text, Title } from '@mantine/core';
import { Navigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { useFormat } from '~/lib/format/useFormat';
import { useMay } from '~/lib/session/useSession';
import chart from '~/ui/ChartCard.module.css';
import { DayFigures, FIGURES, useDashboard } from '~/ui/DayFigures';
import { Freshness } from '~/ui/Freshness';
import { AnchorLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { Status } from '~/ui/Words';

/** Today in numbers, and the ways from here. An account without the dashboard starts where it works. */
export function DashboardPage() {
  const may = useMay();
  if (may('dashboard_read')) return <Dashboard />;
  return <Navigate to={may('account_read') ? '/administration/accounts' : '/administration/audit'} replace />;
}

function Dashboard() {
  const { t } = useTranslation('administration');
  const query = useDashboard();
  const day = query.data;
  return (
    <Page title={t('start.title')} actions={<Freshness query={query} />}>
      <DayFigures show={FIGURES} />
      {day && day.missing.length > 0 && (
        <Text size="sm" c="dimmed" role="status">
          {t('start.missing', { parts: day.missing.map((part) => t(`part.${part}`, { defaultValue: part })).join(', ') })}
        </Text>
      )}
      {day && (
        <div className={chart.pair}>
          {day.appointments && <Tally title={t('start.appointments')} tally={day.appointments} />}
          {day.queue && <Tally title={t('start.queue')} tally={day.queue} />}
        </div>
      )}
      <Ways />
    </Page>
  );
}

function Tally({ title, tally }: { title: string; tally: { total: number; by_status: Record<string, number> } }) {
  const { t } = useTranslation('administration');
  const format = useFormat();
  const states = Object.entries(tally.by_status).filter(([, count]) => count > 0);
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        <Text fw={600}>{format.number(tally.total)}</Text>
      </Group>
      {states.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('start.none')}
        </Text>
      )}
      <Group gap="md">
        {states.map(([state, count]) => (
          <Group key={state} gap={6}>
            <Status value={state} />
            <Text size="sm">{format.number(count)}</Text>
          </Group>
        ))}
      </Group>
    </Paper>
  );
}

function Ways() {
  const { t } = useTranslation('administration');
  const ways = ['figures', 'accounts', 'doctors', 'messages', 'audit'] as const;
  return (
    <Group gap="lg">
      {ways.map((way) => (
        <AnchorLink key={way} to={`/administration/${way}`} size="sm">
          {t(`nav.${way}`)}
        </AnchorLink>
      ))}
    </Group>
  );
}
