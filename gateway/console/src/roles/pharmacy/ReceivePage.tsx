import { Button, Group, NumberInput, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { today } from '~/lib/format/zone';
import { useFacility } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { filled, useProblemForm } from '~/lib/useProblemForm';
import { Page } from '~/ui/Page';
import { sayDone } from '~/ui/say';

import { MedicinePicker } from './MedicinePicker';
import { nameOf, PHARMACY } from './prescription';

const NOTHING = { lot_number: '', expires_on: '', quantity: '' as number | '', unit_cost: '' as number | '', supplier: '' };

/** A delivery is entered lot after lot: once one is saved the form is empty for the next, the supplier stays. */
export function ReceivePage() {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const { currency, zone } = useFacility();
  const [medicine, setMedicine] = useAsked();
  const [received, setReceived] = useState<{ lot: Schema<'Lot'>; name: string; quantity: number }[]>([]);
  const form = useProblemForm({ initialValues: NOTHING });
  const receive = useCommand(
    ({ unit_cost, ...values }: typeof NOTHING & { medicine: Schema<'Medicine'> | undefined }, header) => {
      const { medicine: of, ...rest } = values;
      const body = filled({
        ...rest,
        unit_cost: unit_cost === '' ? undefined : { amount: Number(unit_cost).toFixed(2), currency },
      }) as unknown as Schema<'LotInput'>;
      return ok(api.POST('/v1/pharmacy/medicines/{id}/lots', { params: { path: { id: of?.id ?? '' }, header }, body }));
    },
    {
      refreshes: PHARMACY,
      onDone: (lot, input) => {
        const name = nameOf(input.medicine ?? { name: '' });
        setReceived((before) => [{ lot, name, quantity: Number(input.quantity) }, ...before]);
        sayDone(t('receive.done', { medicine: name, quantity: format.number(Number(input.quantity)) }));
        form.setValues({ ...NOTHING, supplier: input.supplier });
        form.clearErrors();
        setMedicine(undefined);
        document.querySelector<HTMLElement>('[data-receive] input')?.focus();
      },
      onRefused: (error) => form.refuse(error, { 'already-expired': 'expires_on', 'already-exists': 'lot_number' }),
    },
  );
  const missing = form.errors.medicine;
  return (
    <Page title={t('receive.title')}>
      <Paper withBorder p="md" data-receive>
        <form
          noValidate
          onSubmit={form.onSubmit((values) => {
            if (!medicine) return form.setFieldError('medicine', t('receive.which'));
            receive.run({ ...values, medicine });
          })}
        >
          <Stack maw={520}>
            <MedicinePicker key={received.length} label={t('field.medicine')} value={medicine} onChange={setMedicine} error={missing} autoFocus />
            <Group grow align="flex-start">
              <TextInput label={t('field.lot')} required maxLength={100} {...form.getInputProps('lot_number')} />
              <TextInput type="date" label={t('field.expires')} required min={today(zone)} {...form.getInputProps('expires_on')} />
            </Group>
            <Group grow align="flex-start">
              <NumberInput label={t('field.quantity')} required min={1} max={1000000} allowDecimal={false} {...form.getInputProps('quantity')} />
              <NumberInput label={t('receive.cost', { currency })} min={0} decimalScale={2} {...form.getInputProps('unit_cost')} />
            </Group>
            <TextInput label={t('field.supplier')} maxLength={200} {...form.getInputProps('supplier')} />
            <Group justify="flex-end">
              <Button type="submit" loading={receive.busy}>
                {t('receive.save')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Paper>
      {received.length > 0 && (
        <Paper withBorder p="md" component="section" aria-label={t('receive.just')}>
          <Text size="sm" fw={600} mb={4}>
            {t('receive.just')}
          </Text>
          {received.map(({ lot, name, quantity }) => (
            <Text key={`${lot.id} ${lot.version}`} size="sm" dir="auto">
              {name}: {t('item.lot', { lot: lot.lot_number, quantity: format.number(quantity), expires: format.day(lot.expires_on) })}
            </Text>
          ))}
        </Paper>
      )}
    </Page>
  );
}

/** The medicine whose page one came from. */
function useAsked() {
  const search: { medicine?: string } = useSearch({ strict: false });
  const id = search.medicine ?? '';
  const [medicine, setMedicine] = useState<Schema<'Medicine'>>();
  const asked = useQuery({
    queryKey: ['pharmacy', 'medicine', id],
    queryFn: ({ signal }) => ok(api.GET('/v1/pharmacy/medicines/{id}', { params: { path: { id } }, signal })),
    enabled: id !== '',
  });
  useEffect(() => {
    if (asked.data) setMedicine((chosen) => chosen ?? asked.data);
  }, [asked.data?.id]);
  return [medicine, setMedicine] as const;
}
