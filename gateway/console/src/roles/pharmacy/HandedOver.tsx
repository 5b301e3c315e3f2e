import { Button, Group, Modal, NumberInput, Paper, Stack, Text, Textarea, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { useFormat } from '~/lib/format/useFormat';
import { useMe } from '~/lib/session/useSession';
import { useCommand } from '~/lib/useCommand';
import { PdfButton } from '~/ui/PdfButton';
import { sayDone } from '~/ui/say';

import { type Dispense, nameOf, PHARMACY, type Prescription } from './prescription';

/** What was handed over of it, each time with its receipt and the way back into quarantine. */
export function HandedOver({ prescription }: { prescription: Prescription }) {
  const { t } = useTranslation('pharmacy');
  const format = useFormat();
  const me = useMe();
  const [returning, setReturning] = useState<Dispense>();
  if (prescription.dispenses.length === 0) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label={t('dispense.title')}>
      <Title order={2} size="h5" mb="xs">
        {t('dispense.title')}
      </Title>
      <Stack gap="sm">
        {prescription.dispenses.map((dispense) => (
          <Group key={dispense.id} justify="space-between" align="flex-start" gap="xs">
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={500}>
                {format.dateTime(dispense.handed_over_at)}
                {dispense.handed_over_by === me.id && ` · ${t('you')}`}
              </Text>
              {dispense.lines.map((line) => (
                <Text key={`${line.item_id} ${line.lot_id}`} size="sm" dir="auto">
                  {lineName(prescription, line.item_id)}:{' '}
                  {t('item.lot', { lot: line.lot_number, quantity: format.number(line.quantity), expires: format.day(line.expires_on) })}
                  {line.returned > 0 && ` · ${t('dispense.returned', { quantity: format.number(line.returned) })}`}
                </Text>
              ))}
              {dispense.note && (
                <Text size="sm" c="dimmed" dir="auto">
                  {dispense.note}
                </Text>
              )}
            </div>
            <Group gap="xs">
              <PdfButton path={`/v1/pharmacy/dispenses/${dispense.id}/receipt.pdf`} name={`${prescription.number}-receipt.pdf`} size="xs">
                {t('dispense.receipt')}
              </PdfButton>
              {dispense.lines.some((line) => line.returned < line.quantity) && (
                <Button size="xs" variant="default" onClick={() => setReturning(dispense)}>
                  {t('act.return')}
                </Button>
              )}
            </Group>
          </Group>
        ))}
      </Stack>
      <Modal opened={returning !== undefined} onClose={() => setReturning(undefined)} title={t('act.return')}>
        {returning && <ReturnForm prescription={prescription} dispense={returning} onClose={() => setReturning(undefined)} />}
      </Modal>
    </Paper>
  );
}

function lineName(prescription: Prescription, itemId: string): string {
  return nameOf(prescription.items.find((item) => item.item_id === itemId)?.medicine ?? { name: '' });
}

function ReturnForm({ prescription, dispense, onClose }: { prescription: Prescription; dispense: Dispense; onClose: () => void }) {
  const { t } = useTranslation(['pharmacy', 'ui']);
  const [quantities, setQuantities] = useState<Record<string, number>>({});
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const command = useCommand(
    (body: { lines: { lot_id: string; quantity: number }[]; reason: string }, header) =>
      ok(api.POST('/v1/pharmacy/dispenses/{id}/return', { params: { path: { id: dispense.id }, header }, body })),
    {
      refreshes: PHARMACY,
      onDone: () => {
        sayDone(t('done.return'));
        onClose();
      },
    },
  );
  const lines = Object.entries(quantities).flatMap(([lot_id, quantity]) => (quantity > 0 ? [{ lot_id, quantity }] : []));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (lines.length > 0 && reason.trim()) command.run({ lines, reason: reason.trim() });
      }}
    >
      <Stack>
        <Text size="sm">{t('dispense.returnMeans')}</Text>
        {dispense.lines
          .filter((line) => line.returned < line.quantity)
          .map((line, index) => (
            <NumberInput
              key={line.lot_id}
              label={`${lineName(prescription, line.item_id)} (${line.lot_number})`}
              description={t('dispense.atMost', { quantity: line.quantity - line.returned })}
              min={0}
              max={line.quantity - line.returned}
              allowDecimal={false}
              value={quantities[line.lot_id] ?? 0}
              error={asked && lines.length === 0 && index === 0 ? t('ui:required') : undefined}
              onChange={(value) => setQuantities((before) => ({ ...before, [line.lot_id]: Number(value) || 0 }))}
            />
          ))}
        <Textarea
          label={t('ui:reason')}
          required
          maxLength={1000}
          value={reason}
          error={asked && !reason.trim() ? t('ui:required') : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('ui:cancel')}
          </Button>
          <Button type="submit" loading={command.busy}>
            {t('act.return')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
