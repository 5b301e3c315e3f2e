import { Button, Group, NumberInput, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { api, ifMatch, ok, type Schema } from '~/lib/api/client';
import { useFacility } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { changed, filled, useProblemForm } from '~/lib/useProblemForm';

import { PHARMACY } from './prescription';

type Medicine = Schema<'Medicine'>;

interface Props {
  /** None: a new one. */
  medicine?: Medicine;
  onSaved: (medicine: Medicine) => void;
  onCancel: () => void;
}

export function MedicineForm({ medicine, onSaved, onCancel }: Props) {
  const { t } = useTranslation(['pharmacy', 'ui']);
  const { currency } = useFacility();
  const before = {
    name: medicine?.name ?? '',
    strength: medicine?.strength ?? '',
    form: medicine?.form ?? '',
    unit: medicine?.unit ?? '',
    price: medicine?.price?.amount ?? '',
    minimum_level: medicine?.minimum_level ?? 0,
  };
  const form = useProblemForm({ initialValues: before });
  const money = (amount: string) => ({ amount: Number(amount).toFixed(2), currency: medicine?.price?.currency ?? currency });
  const save = useCommand(
    (values: typeof before, header) => {
      if (!medicine) {
        const { price, ...rest } = values;
        const body = filled({ ...rest, price: price === '' ? undefined : money(String(price)) }) as Schema<'MedicineInput'>;
        return ok(api.POST('/v1/pharmacy/medicines', { params: { header }, body }));
      }
      const { price, ...patch } = changed(before, values);
      const body = { ...patch, ...(price === undefined ? {} : { price: price === null ? null : money(String(price)) }) } as Schema<'MedicinePatch'>;
      return ok(
        api.PATCH('/v1/pharmacy/medicines/{id}', {
          params: { path: { id: medicine.id }, header: { ...header, ...ifMatch(medicine) } },
          body: body as never,
        }),
      );
    },
    { refreshes: PHARMACY, onDone: onSaved, onRefused: (error) => form.refuse(error, { 'already-exists': 'name' }) },
  );
  return (
    <form onSubmit={form.onSubmit((values) => save.run(values))} noValidate>
      <Stack maw={480}>
        <TextInput label={t('field.name')} required maxLength={200} data-autofocus autoFocus={!medicine} {...form.getInputProps('name')} />
        <Group grow align="flex-start">
          <TextInput label={t('field.strength')} placeholder="500 mg" required maxLength={100} {...form.getInputProps('strength')} />
          <TextInput label={t('field.form')} placeholder={t('medicine.formHint')} required maxLength={100} {...form.getInputProps('form')} />
        </Group>
        <Group grow align="flex-start">
          <TextInput label={t('field.unit')} placeholder={t('medicine.unitHint')} maxLength={100} {...form.getInputProps('unit')} />
          <NumberInput label={t('field.minimum')} min={0} max={1000000} allowDecimal={false} {...form.getInputProps('minimum_level')} />
        </Group>
        <NumberInput
          label={t('medicine.price', { currency: medicine?.price?.currency ?? currency })}
          min={0}
          decimalScale={2}
          {...form.getInputProps('price')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            {t('ui:cancel')}
          </Button>
          <Button type="submit" loading={save.busy}>
            {t('ui:save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
