import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { download } from '~/lib/api/client';
import { useWords } from '~/lib/errors/useWords';

import { sayFailed } from './say';

interface Props {
  path: string;
  /** Filters; those without a value are not sent. */
  query?: Record<string, string | boolean | undefined>;
  /** The file's name, without its ending. */
  name: string;
  children?: ReactNode;
  disabled?: boolean;
}

/** All rows of a list, as the API streams them. */
export function ExportButton({ path, query = {}, name, children, disabled }: Props) {
  const { t } = useTranslation('ui');
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const given = Object.entries({ ...query, format: 'csv' }).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, String(value)]],
    );
    await download(`${path}?${new URLSearchParams(given).toString()}`, `${name}.csv`).catch((error: unknown) => sayFailed(words(error)));
    setBusy(false);
  };
  return (
    <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />} loading={busy} disabled={disabled ?? false} onClick={() => void save()}>
      {children ?? t('export')}
    </Button>
  );
}
