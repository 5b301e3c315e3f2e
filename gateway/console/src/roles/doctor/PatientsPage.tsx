import { Box, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { Page } from '~/ui/Page';
import { PersonPicker } from '~/ui/PersonPicker';

/** Finds a patient of the doctor's own list. */
export function PatientsPage() {
  const { t } = useTranslation('doctor');
  const navigate = useNavigate();
  return (
    <Page title={t('patients.title')}>
      <Box maw={520}>
        <PersonPicker
          value={undefined}
          autoFocus
          onChange={(person) => person && void navigate({ to: '/doctor/patients/$patientId', params: { patientId: person.id } })}
        />
        <Text size="sm" c="dimmed" mt="xs">
          {t('patients.list')}
        </Text>
      </Box>
    </Page>
  );
}
