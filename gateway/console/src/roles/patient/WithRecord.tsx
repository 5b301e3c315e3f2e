import { Alert, Button, Loader, Stack, Text } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { session } from '~/lib/session/session';
import { useMe } from '~/lib/session/useSession';

const ASK_AGAIN_MS = 4_000;

/** What is one's own needs a record that the account is linked to; until then it says what is missing. */
export function WithRecord({ children }: { children: (patientId: string) => ReactNode }) {
  const { patient_id: id, binding } = useMe();
  if (id) return <>{children(id)}</>;
  // An account that did not sign itself up is bound to nothing: nobody looks, and waiting would be in vain.
  return binding === 'PENDING' || binding === 'BOUND' ? <Pending /> : <Missing why={binding ? 'refused' : 'unlinked'} />;
}

function Pending() {
  const { t } = useTranslation('patient');
  // The sign-in of the moment before the record was found does not know it; the next one does.
  useEffect(() => {
    const timer = setInterval(() => void session.reload(), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Alert color="blue" variant="light" role="status" title={t('binding.pendingTitle')} icon={<Loader size="xs" />}>
      {t('binding.pending')}
    </Alert>
  );
}

function Missing({ why }: { why: 'refused' | 'unlinked' }) {
  const { t } = useTranslation('patient');
  return (
    <Alert color="orange" variant="light" title={t(`binding.${why}Title`)}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t(`binding.${why}`)}</Text>
        <Button variant="default" size="xs" onClick={() => void session.reload()}>
          {t('binding.again')}
        </Button>
      </Stack>
    </Alert>
  );
}
