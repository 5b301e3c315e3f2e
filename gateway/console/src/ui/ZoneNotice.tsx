import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

import { browserZone, clocksDiffer } from '~/lib/format/zone';
import { useSession } from '~/lib/session/useSession';

/** On every screen with times: whose they are, where the device's clock shows others. */
export function ZoneNotice() {
  const { t } = useTranslation('ui');
  const { facility } = useSession();
  const zone = facility?.zone;
  if (zone && !clocksDiffer(zone)) return null;
  return (
    <Text size="xs" c="dimmed">
      {zone ? t('zone.notice', { zone, mine: browserZone() }) : t('zone.device', { mine: browserZone() })}
    </Text>
  );
}
