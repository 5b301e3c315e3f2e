import { Alert, Button, Group, Loader, Skeleton, Stack, Text } from '@mantine/core';
import { useDelayed } from './useDelayed';
import { IconAlertTriangle, IconCloudOff, IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { isProblem, OFFLINE } from '~/lib/api/problem';
import { useWords } from '~/lib/errors/useWords';

/** Nothing yet. Appears only when it takes longer than a blink. */
export function Loading({ rows = 4 }: { rows?: number }) {
  const { t } = useTranslation('ui');
  const shown = useDelayed(150);
  return (
    <Stack gap="xs" aria-busy="true" role="status" aria-label={t('loading')}>
      {shown && Array.from({ length: rows }, (_, row) => <Skeleton key={row} h={28} radius="sm" />)}
    </Stack>
  );
}

export function LoadingPage() {
  const { t } = useTranslation('ui');
  const shown = useDelayed(200);
  return (
    <Group justify="center" p="xl" role="status" aria-label={t('loading')}>
      {shown && <Loader size="sm" />}
    </Group>
  );
}

/** There is nothing, and what one can do about it. */
export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap="xs" p="xl" c="dimmed">
      <IconInbox size={28} stroke={1.4} aria-hidden />
      <Text size="sm" ta="center">
        {children}
      </Text>
      {action}
    </Stack>
  );
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation('ui');
  const words = useWords();
  const Icon = isProblem(error, OFFLINE) ? IconCloudOff : IconAlertTriangle;
  return (
    <Alert color="red" variant="light" icon={<Icon aria-hidden />} role="alert">
      <Group justify="space-between" wrap="wrap" gap="xs">
        <Text size="sm">{words(error)}</Text>
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t('tryAgain')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

interface LoadedProps<Data> {
  /** Of `useQuery`, or `usePages(…).query`. */
  query: { data: Data | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  /** Whether there is nothing to show. */
  isEmpty?: (data: Data) => boolean;
  empty?: ReactNode;
  rows?: number;
  children: (data: Data) => ReactNode;
}

/** The four states of what is read: loading, failed, empty, there. What was there stays while it is read again. */
export function Loaded<Data>({ query, isEmpty, empty, rows, children }: LoadedProps<Data>) {
  if (query.data === undefined && query.isPending) return <Loading {...(rows ? { rows } : {})} />;
  if (query.data === undefined) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      {query.error !== null && query.error !== undefined && <Failed error={query.error} retry={() => void query.refetch()} />}
      {isEmpty?.(query.data) ? <Empty>{empty}</Empty> : children(query.data)}
    </>
  );
}
