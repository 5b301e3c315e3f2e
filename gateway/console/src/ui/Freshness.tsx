import { Badge } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

import { useFormat } from '~/lib/format/useFormat';

/** What is read again and again, but not streamed: says of when it is, and that it may be old once reading it fails. */
export function Freshness({ query }: { query: Pick<UseQueryResult, 'error' | 'dataUpdatedAt'> }) {
  const { t } = useTranslation('ui');
  const format = useFormat();
  if (!query.dataUpdatedAt) return null;
  const at = format.clock(new Date(query.dataUpdatedAt));
  if (query.error) {
    return (
      <Badge color="orange" variant="filled" role="status" data-fresh="old">
        {t('fresh.old', { at })}
      </Badge>
    );
  }
  return (
    <Badge color="teal" variant="light" data-fresh="now">
      {t('fresh.now', { at })}
    </Badge>
  );
}
