import { Button, Group, Modal, NumberInput, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { api, ok, type Schema } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { useCommand } from '~/lib/useCommand';
import { filled, useProblemForm } from '~/lib/useProblemForm';
import { sayDone } from '~/ui/say';

import { PHARMACY } from './prescription';

type Lot = Schema<'Lot'>;
export type LotVerb = 'adjust' | 'count' | 'write-off' | 'quarantine' | 'release' | 'recall' | 'dispose';

/** What the domain allows with a lot in this state. */
export function verbsOf(lot: Lot): LotVerb[] {
  if (lot.status === 'DISPOSED') return [];
  const turns: LotVerb[] = [];
  if (lot.status === 'AVAILABLE') turns.push('quarantine');
  if (lot.status === 'QUARANTINED') turns.push('release');
  if (lot.status !== 'RECALLED') turns.push('recall');
  return ['adjust', 'count', 'write-off', ...turns, 'dispose'];
}

/** The number that goes with it, and by which name; who must see it done. */
const NUMBERS: Partial<Record<LotVerb, 'delta' | 'counted' | 'quantity'>> = { adjust: 'delta', count: 'counted', 'write-off': 'quantity', dispose: 'quantity' };
const WITNESSED: readonly LotVerb[] = ['write-off', 'dispose'];

interface Values {
  [name: string]: unknown;
  delta: number | '';
  counted: number | '';
  quantity: number | '';
  reason: string;
  witness: string;
}

function send(lot: Lot, verb: LotVerb, values: Values, header: { 'Idempotency-Key': string }): Promise<Lot> {
  const params = { path: { id: lot.id }, header };
  const body = filled(values) as never;
  const routes = {
    adjust: '/v1/pharmacy/lots/{id}/adjust',
    count: '/v1/pharmacy/lots/{id}/count',
    'write-off': '/v1/pharmacy/lots/{id}/write-off',
    quarantine: '/v1/pharmacy/lots/{id}/quarantine',
    release: '/v1/pharmacy/lots/{id}/release',
    recall: '/v1/pharmacy/lots/{id}/recall',
    dispose: '/v1/pharmacy/lots/{id}/dispose',
  } as const;
  return ok(api.POST(routes[verb], { params, body }));
}

export function LotDialog({ asked, onClose }: { asked: { lot: Lot; verb: LotVerb } | undefined; onClose: () => void }) {
  const { t } = useTranslation('pharmacy');
  return (
    <Modal opened={asked !== undefined} onClose={onClose} title={asked ? t(`lot.${asked.verb}`) : ''}>
      {asked && <LotForm {...asked} onClose={onClose} />}
    </Modal>
  );
}

function LotForm({ lot, verb, onClose }: { lot: Lot; verb: LotVerb; onClose: () => void }) {
  const { t } = useTranslation(['pharmacy', 'ui']);
  const format = useFormat();
  const number = NUMBERS[verb];
  const needsReason = verb !== 'release';
  const form = useProblemForm<Values>({
    initialValues: { delta: '', counted: '', quantity: verb === 'dispose' ? lot.on_hand : '', reason: '', witness: '' },
    validate: {
      reason: (value) => (needsReason && value.trim() === '' ? t('ui:required') : null),
      ...(number ? { [number]: (value: number | '') => (value === '' ? t('ui:required') : null) } : {}),
    },
  });
  const command = useCommand((values: Values, header) => send(lot, verb, values, header), {
    refreshes: PHARMACY,
    onDone: () => {
      sayDone(t('done.lot'));
      onClose();
    },
    onRefused: (error) => form.refuse(error, number ? { 'insufficient-stock': number, 'stock-reserved': number, 'too-much-stock': number } : {}),
  });
  return (
    <form onSubmit={form.onSubmit((values) => command.run(values))} noValidate>
      <Stack>
        <Text size="sm" dir="auto">
          {t('lots.which', { lot: lot.lot_number, onHand: format.number(lot.on_hand), reserved: format.number(lot.reserved) })}
        </Text>
        <Text size="sm" c="dimmed">
          {t(`lot.${verb}Means`)}
        </Text>
        {number && (
          <NumberInput
            label={t(`lot.${number}`)}
            data-autofocus
            required
            allowDecimal={false}
            {...(number === 'delta' ? {} : { min: number === 'counted' ? 0 : 1, allowNegative: false })}
            {...form.getInputProps(number)}
          />
        )}
        <Textarea
          label={t('ui:reason')}
          required={needsReason}
          data-autofocus={!number || undefined}
          autosize
          minRows={2}
          maxLength={1000}
          {...form.getInputProps('reason')}
        />
        {WITNESSED.includes(verb) && <TextInput label={t('lot.witness')} maxLength={200} {...form.getInputProps('witness')} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('ui:cancel')}
          </Button>
          <Button type="submit" color={verb === 'recall' || verb === 'dispose' ? 'red' : undefined} loading={command.busy}>
            {t(`lot.${verb}`)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
