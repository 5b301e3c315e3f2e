import { useNavigate } from '@tanstack/react-router';
import { Box, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { Page } from '~/ui/Page';
import { PersonPicker } from '~/ui/PersonPicker';

/** Finds a patient whose allergies and conditions are to be looked at. */
export function PatientsPage() {
  const { t } = useTranslation('nurse');
  const navigate = useNavigate();
  return (
    <Page title={t('patients.title')}>
      <Box maw={520}>
        <PersonPicker
          value={undefined}
          autoFocus
          onChange={(person) => person && void navigate({ to: '/nurse/patients/$patientId', params: { patientId: person.id } })}
        />
        <Text size="sm" c="dimmed" mt="sm">
          {t('patients.list')}
        </Text>
      </Box>
    </Page>
  );
}
