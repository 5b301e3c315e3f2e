import { ActionIcon, Badge, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { all, api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { today } from '~/lib/format/zone';
import { useFacility, useMay } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { useProblemForm } from '~/lib/useProblemForm';
import { ReasonDialog } from '~/ui/ReasonDialog';
import { Loaded } from '~/ui/States';

type Severity = 'MILD' | 'MODERATE' | 'SEVERE';
type Item = (Schema<'Allergy'> | Schema<'Condition'>) & { words: string };
export type ListKind = 'allergies' | 'conditions';
const SEVERITY_COLORS: Record<Severity, string> = { MILD: 'gray', MODERATE: 'yellow', SEVERE: 'red' };

export function useClinicalList(kind: ListKind, patientId: string | undefined) {
  return useQuery({
    queryKey: [kind, patientId],
    queryFn: async ({ signal }): Promise<Item[]> => {
      const id = patientId ?? '';
      if (kind === 'allergies') {
        const found = await all((cursor) => ok(api.GET('/v1/patients/{id}/allergies', {
          params: { path: { id }, query: { status: 'ACTIVE', limit: 200, cursor } }, signal,
        })));
        return found.map((one) => ({ ...one, words: one.substance }));
      }
      const found = await all((cursor) => ok(api.GET('/v1/patients/{id}/conditions', {
        params: { path: { id }, query: { status: 'ACTIVE', limit: 200, cursor } }, signal,
      })));
      return found.map((one) => ({ ...one, words: one.text }));
    },
    enabled: Boolean(patientId),
  });
}

/** Allergies or conditions of a patient: what stands, adding one, taking one back with a reason. */
export function ClinicalList({ kind, patientId }: { kind: ListKind; patientId: string }) {
  const { t } = useTranslation('clinical');
  const format = useFormat();
  const may = useMay()('patient_clinical_list_write');
  const query = useClinicalList(kind, patientId);
  const [adding, setAdding] = useState(false);
  const [voided, setVoided] = useState<Item>();
  const again = useRef<HTMLButtonElement>(null);
  const takeBack = useCommand(
    ({ item, reason }: { item: Item; reason: string }, header): Promise<unknown> => {
      const params = { path: { id: patientId, item: item.id }, header };
      return kind === 'allergies'
        ? ok(api.POST('/v1/patients/{id}/allergies/{item}/void', { params, body: { reason } }))
        : ok(api.POST('/v1/patients/{id}/conditions/{item}/void', { params, body: { reason } }));
    },
    { refreshes: [[kind, patientId]], onDone: () => setVoided(undefined) },
  );
  return (
    <section aria-label={t(`list.${kind}.title`)}>
      <Group justify="space-between" mb={4}>
        <Text fw={600} size="sm" component="h2" m={0}>
          {t(`list.${kind}.title`)}
        </Text>
        {may && !adding && (
          <Button ref={again} size="compact-xs" variant="subtle" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>
            {t(`list.${kind}.add`)}
          </Button>
        )}
      </Group>
      <Loaded query={query} rows={1}>
        {(items) => (
          <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
            {items.length === 0 && !adding && (
              <Text size="sm" c="dimmed" component="li">
                {t(`list.${kind}.none`)}
              </Text>
            )}
            {items.map((item) => (
              <Group key={item.id} component="li" gap="xs" wrap="nowrap" justify="space-between">
                <Text size="sm" component="div" fw={kind === 'allergies' ? 600 : undefined} style={{ overflowWrap: 'anywhere' }}>
                  <bdi>{item.words}</bdi> {item.severity && <SeverityBadge value={item.severity} />}{' '}
                  {item.noted_on && (
                    <Text size="xs" c="dimmed" span>
                      {format.day(item.noted_on)}
                    </Text>
                  )}
                </Text>
                {may && (
                  <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('list.void', { what: item.words })} onClick={() => setVoided(item)}>
                    <IconX size={14} aria-hidden />
                  </ActionIcon>
                )}
              </Group>
            ))}
          </Stack>
        )}
      </Loaded>
      {adding && (
        <AddItem
          kind={kind}
          patientId={patientId}
          onClose={() => {
            setAdding(false);
            requestAnimationFrame(() => again.current?.focus());
          }}
        />
      )}
      <ReasonDialog
        opened={voided !== undefined}
        onClose={() => setVoided(undefined)}
        title={t('list.voidTitle')}
        confirm={t('list.voidConfirm')}
        reason
        danger
        busy={takeBack.busy}
        onConfirm={(reason) => voided && takeBack.run({ item: voided, reason })}
      >
        <bdi>{voided?.words}</bdi>
      </ReasonDialog>
    </section>
  );
}

export function SeverityBadge({ value }: { value: Severity }) {
  const { t } = useTranslation('clinical');
  return (
    <Badge size="xs" variant="light" color={SEVERITY_COLORS[value]}>
      {t(`severity.${value}`)}
    </Badge>
  );
}

function AddItem({ kind, patientId, onClose }: { kind: ListKind; patientId: string; onClose: () => void }) {
  const { t } = useTranslation('clinical');
  const { zone } = useFacility();
  const name = kind === 'allergies' ? 'substance' : 'text';
  const form = useProblemForm<Record<string, string>>({ initialValues: { [name]: '', severity: '' } });
  const add = useCommand(
    (input: { words: string; severity: string }, header): Promise<unknown> => {
      const rest = { ...(input.severity ? { severity: input.severity as Severity } : {}), noted_on: today(zone) };
      const params = { path: { id: patientId }, header };
      return kind === 'allergies'
        ? ok(api.POST('/v1/patients/{id}/allergies', { params, body: { substance: input.words, ...rest } }))
        : ok(api.POST('/v1/patients/{id}/conditions', { params, body: { text: input.words, ...rest } }));
    },
    { refreshes: [[kind, patientId]], onDone: onClose, onRefused: (error) => form.refuse(error) },
  );
  const submit = () => {
    const words = (form.getValues()[name] ?? '').trim();
    if (!words) return form.setFieldError(name, t('ui:required'));
    add.run({ words, severity: form.getValues().severity ?? '' });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // May stand within another form's page.
        event.stopPropagation();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <Stack gap="xs" mt="xs">
        <TextInput label={t(`list.${kind}.what`)} maxLength={200} autoFocus withAsterisk {...form.getInputProps(name)} data-path={name} />
        <Select
          label={t('list.severity')}
          clearable
          data={(['MILD', 'MODERATE', 'SEVERE'] as const).map((value) => ({ value, label: t(`severity.${value}`) }))}
          value={form.values.severity || null}
          onChange={(value) => form.setFieldValue('severity', value ?? '')}
        />
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" onClick={onClose}>
            {t('ui:cancel')}
          </Button>
          <Button size="xs" type="submit" loading={add.busy}>
            {t('ui:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
