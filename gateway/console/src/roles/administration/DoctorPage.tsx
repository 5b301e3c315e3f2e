import { Button, Modal, Paper, Title } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useDepartments, useSpecialties } from '~/lib/data/directory';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { Facts } from '~/ui/Facts';
import { ButtonLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';
import { Status } from '~/ui/Words';

import { Affected } from './Affected';
import { DIRECTORY } from './directory';
import { DoctorForm } from './DoctorForm';
import { Leave } from './Leave';
import { WeeklyHours } from './WeeklyHours';

type Doctor = Schema<'Doctor'>;

/** One doctor: who, where, hours, days off, on and off. */
export function DoctorPage() {
  const { t } = useTranslation('administration');
  const { id = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['doctors', 'one', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/doctors/{id}', { params: { path: { id } }, signal })),
  });
  return (
    <Page
      title={t('doctors.one')}
      heading={query.data && <span dir="auto">{query.data.display_name}</span>}
      actions={
        <ButtonLink to="/administration/doctors" variant="default">
          {t('doctors.toList')}
        </ButtonLink>
      }
    >
      <Loaded query={query}>
        {(doctor) => (
          <>
            <Data doctor={doctor} />
            <Title order={2} size="h5">
              {t('hours.title')}
            </Title>
            <WeeklyHours doctorId={doctor.id} />
            <Title order={2} size="h5">
              {t('leave.title')}
            </Title>
            <Leave doctorId={doctor.id} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Data({ doctor }: { doctor: Doctor }) {
  const { t } = useTranslation(['administration', 'words']);
  const format = useFormat();
  const departments = useDepartments();
  const specialties = useSpecialties();
  const [editing, setEditing] = useState(false);
  const [ending, setEnding] = useState(false);
  const [affected, setAffected] = useState(0);
  const turn = useCommand(
    (act: 'deactivate' | 'reactivate', header) => {
      const request = { params: { path: { id: doctor.id }, header }, body: {} };
      return act === 'deactivate'
        ? ok(api.POST('/v1/doctors/{id}/deactivate', request))
        : ok(api.POST('/v1/doctors/{id}/reactivate', request));
    },
    {
      refreshes: DIRECTORY,
      onDone: (after) => {
        setEnding(false);
        setAffected(after.affected?.length ?? 0);
        sayDone(t('saved'));
      },
    },
  );
  return (
    <Paper withBorder p="md">
      <Facts
        inline
        rows={[
          [t('field.status'), <Status key="status" value={doctor.active ? 'ACTIVE' : 'INACTIVE'} />],
          [t('field.department'), departments.data?.find((one) => one.id === doctor.department_id)?.name],
          [t('field.specialty'), specialties.data?.find((one) => one.code === doctor.specialty)?.name ?? doctor.specialty],
          [t('field.room'), doctor.room],
          [t('field.phone'), doctor.phone],
          [t('field.email'), doctor.email],
          [t('field.fee'), doctor.fee && format.money(doctor.fee)],
          [t('doctors.account'), doctor.account_id ? t('yes') : t('doctors.noAccount')],
        ]}
      />
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem', marginBlock: '0.75rem' }}>
        <Button variant="default" leftSection={<IconPencil size={16} aria-hidden />} onClick={() => setEditing(true)}>
          {t('edit')}
        </Button>
        {doctor.active ? (
          <Button variant="default" onClick={() => setEnding(true)}>
            {t('deactivate')}
          </Button>
        ) : (
          <Button loading={turn.busy} onClick={() => turn.run('reactivate')}>
            {t('reactivate')}
          </Button>
        )}
      </div>
      <Affected count={affected} />
      <ReasonDialog
        opened={ending}
        onClose={() => setEnding(false)}
        title={t('deactivate')}
        confirm={t('deactivate')}
        danger
        busy={turn.busy}
        onConfirm={() => turn.run('deactivate')}
      >
        {t('doctors.deactivateMeans')}
      </ReasonDialog>
      <Modal opened={editing} onClose={() => setEditing(false)} title={t('edit')}>
        {editing && (
          <DoctorForm
            doctor={doctor}
            onCancel={() => setEditing(false)}
            onSaved={() => {
              setEditing(false);
              sayDone(t('saved'));
            }}
          />
        )}
      </Modal>
    </Paper>
  );
}
