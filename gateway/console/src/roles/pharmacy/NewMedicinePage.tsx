import { Paper } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';

import { MedicineForm } from './MedicineForm';

export function NewMedicinePage() {
  const { t } = useTranslation('pharmacy');
  const navigate = useNavigate();
  return (
    <Page title={t('commands.medicine')}>
      <Paper withBorder p="md">
        <MedicineForm
          onCancel={() => void navigate({ to: '/pharmacy/medicines' })}
          onSaved={(medicine) => {
            sayDone(t('done.medicine'));
            void navigate({ to: '/pharmacy/medicines/$id', params: { id: medicine.id } });
          }}
        />
      </Paper>
    </Page>
  );
}
