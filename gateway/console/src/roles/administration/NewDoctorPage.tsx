import { Paper } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';

import { DoctorForm } from './DoctorForm';

export function NewDoctorPage() {
  const { t } = useTranslation('administration');
  const navigate = useNavigate();
  return (
    <Page title={t('commands.doctor')}>
      <Paper withBorder p="md">
        <DoctorForm
          onCancel={() => void navigate({ to: '/administration/doctors' })}
          onSaved={(doctor) => {
            sayDone(t('doctors.made'));
            void navigate({ to: '/administration/doctors/$id', params: { id: doctor.id } });
          }}
        />
      </Paper>
    </Page>
  );
}
