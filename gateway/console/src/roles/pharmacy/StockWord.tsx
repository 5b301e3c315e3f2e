import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { type Prescription, type Stock, stockOf } from './prescription';

const COLORS: Record<Stock, string> = { ready: 'teal', reserved: 'blue', there: 'teal', unmapped: 'violet', short: 'orange' };

export function StockWord({ prescription }: { prescription: Prescription }) {
  const { t } = useTranslation('pharmacy');
  const { state, short, lines } = stockOf(prescription);
  return (
    <Badge variant="light" radius="sm" color={COLORS[state]}>
      {t(`stock.${state}`, { short, lines })}
    </Badge>
  );
}
