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

export function Failed({ error, title, retry }: { error: unknown; title?: string; retry?: () => void }) {
  const { t } = useTranslation('ui');
  const words = useWords();
  const Icon = isProblem(error, OFFLINE) ? IconCloudOff : IconAlertTriangle;
  return (
    <Alert color="red" variant="light" icon={<Icon aria-hidden />} role="alert" title={title}>
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

interface Read {
  error: unknown;
  refetch: () => unknown;
}

const hasFailed = ({ error }: Read) => error !== null && error !== undefined;

/** Beside what stands there anyway (choices of a form, names in a list): says that not all of it could be read, and reads it again. */
export function Unread({ of }: { of: readonly Read[] }) {
  const { t } = useTranslation('ui');
  const failed = of.filter(hasFailed);
  if (!failed[0]) return null;
  return <Failed title={t('unread')} error={failed[0].error} retry={() => failed.forEach((one) => void one.refetch())} />;
}

/** What a field that looks up while one types says when it offers nothing: that it looks, that it could not, or that there is nothing. */
export function useNothingFound(query: Read & { isFetching: boolean }, nothing: string): string {
  const { t } = useTranslation('ui');
  const words = useWords();
  return query.isFetching ? t('loading') : hasFailed(query) ? words(query.error) : nothing;
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
      {hasFailed(query) && <Failed error={query.error} retry={() => void query.refetch()} />}
      {isEmpty?.(query.data) ? <Empty>{empty}</Empty> : children(query.data)}
    </>
  );
}
