import { Button } from '@mantine/core';
import { IconPrinter } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';

import { openFile } from '~/lib/api/client';
import { useWords } from '~/lib/errors/useWords';

import { sayFailed } from './say';

/** A paper of the API, in a tab from which it is printed. */
export function PdfButton({ path, name, children, size }: { path: string; name: string; children: ReactNode; size?: string }) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    await openFile(path, name).catch((error: unknown) => sayFailed(words(error)));
    setBusy(false);
  };
  return (
    <Button variant="default" size={size ?? 'sm'} leftSection={<IconPrinter size={16} aria-hidden />} loading={busy} onClick={() => void open()}>
      {children}
    </Button>
  );
}
