import { Button, Modal } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Navigate, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useMay, useMe } from '~/lib/session/useSession';
import { DataTable } from '~/ui/DataTable';
import { AnchorLink } from '~/ui/links';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';
import { Loaded } from '~/ui/States';

import { useFacilities } from './AccountForm';
import { FacilityForm } from './FacilityForm';

/** One's own facilities; all of them, and new ones, for an administrator of the installation. */
export function FacilitiesPage() {
  const { t } = useTranslation('administration');
  const navigate = useNavigate();
  const me = useMe();
  const ofAll = useMay()('facility_create');
  const facilities = useFacilities();
  const [adding, setAdding] = useState(false);
  const own = me.memberships.flatMap((one) => (one.facility_id ? [one.facility_id] : []));
  if (!ofAll && own.length === 1) return <Navigate to="/administration/facilities/$id" params={{ id: own[0] ?? '' }} replace />;
  return (
    <Page
      title={t('nav.facilities')}
      actions={
        ofAll && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t('facilities.new')}
          </Button>
        )
      }
    >
      <Loaded query={facilities}>
        {(all) => (
          <DataTable
            rows={all.filter((one) => ofAll || own.includes(one.id))}
            rowKey={(row) => row.id}
            label={t('nav.facilities')}
            onOpen={(row) => void navigate({ to: '/administration/facilities/$id', params: { id: row.id } })}
            columns={[
              { key: 'code', label: t('field.code'), cell: (row) => row.code },
              {
                key: 'name',
                label: t('field.name'),
                cell: (row) => (
                  <AnchorLink to="/administration/facilities/$id" params={{ id: row.id }} size="sm" fw={500}>
                    {row.name}
                  </AnchorLink>
                ),
              },
            ]}
          />
        )}
      </Loaded>
      <Modal opened={adding} onClose={() => setAdding(false)} title={t('facilities.new')} size="lg">
        {adding && (
          <FacilityForm
            onCancel={() => setAdding(false)}
            onSaved={(facility) => {
              sayDone(t('saved'));
              void navigate({ to: '/administration/facilities/$id', params: { id: facility.id } });
            }}
          />
        )}
      </Modal>
    </Page>
  );
}
