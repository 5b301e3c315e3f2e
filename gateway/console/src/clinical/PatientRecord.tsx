import { Paper, Stack } from '@mantine/core';
import type { ComponentProps } from 'react';

import { Page } from '~/ui/Page';
import { Loaded } from '~/ui/States';

import { ClinicalList } from './ClinicalLists';
import { History } from './History';
import { PatientHead } from './PatientHead';
import classes from './PatientRecord.module.css';
import { usePatient } from './queries';

interface Props {
  patientId: string;
  title: string;
  more?: ComponentProps<typeof History>['more'];
}

/** A patient's allergies, conditions, history; what is told of them beside it. */
export function PatientRecord({ patientId, title, more }: Props) {
  const query = usePatient(patientId);
  return (
    <Page title={title} heading={query.data ? <PatientHead patientId={patientId} fallback="" /> : undefined}>
      <Loaded query={query}>
        {(patient) => (
          <div className={classes.columns}>
            <Paper withBorder p="sm">
              <Stack gap="md">
                <ClinicalList kind="allergies" patientId={patientId} />
                <ClinicalList kind="conditions" patientId={patientId} />
                {patient.medical_history && <p className={classes.text} dir="auto">{patient.medical_history}</p>}
              </Stack>
            </Paper>
            <Paper withBorder p="sm">
              <History patientId={patientId} {...(more ? { more } : {})} />
            </Paper>
          </div>
        )}
      </Loaded>
    </Page>
  );
}
