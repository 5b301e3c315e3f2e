import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const STATUS_COLORS: Record<string, string> = {
  BOOKED: 'blue', CHECKED_IN: 'teal', IN_CONSULTATION: 'violet', COMPLETED: 'gray', CANCELLED: 'red', NO_SHOW: 'orange',
  WAITING: 'blue', CALLED: 'orange', IN_SERVICE: 'violet', ON_HOLD: 'yellow', TRANSFERRED: 'gray', LEFT: 'orange',
  ACTIVE: 'teal', INACTIVE: 'gray', OPEN: 'blue', SERVED: 'teal', EXPIRED: 'gray', PROPOSED: 'orange', APPLIED: 'teal', CLOSED: 'gray',
  DRAFT: 'gray', ISSUED: 'blue', STOPPED: 'orange', FINAL: 'teal', AMENDED: 'yellow',
  NONE: 'gray', RESERVED: 'blue', PARTIAL: 'orange', FULL: 'teal', SHORT: 'red', DECLINED: 'red',
  AVAILABLE: 'teal', QUARANTINED: 'orange', RECALLED: 'red', DISPOSED: 'gray',
  SUCCESS: 'teal', QUEUED: 'gray', SENDING: 'blue', SENT: 'teal', UNCERTAIN: 'orange', RETRYING: 'orange', FAILED: 'red', SUPPRESSED: 'gray',
  PENDING: 'orange', BOUND: 'teal', REFUSED: 'red', LOW: 'orange', OUT: 'red', EXPIRING: 'orange',
};
const LEVEL_COLORS: Record<string, string> = { CRITICAL: 'red', HIGH: 'orange', MODERATE: 'yellow', LOW: 'gray' };

/** A state of the domain in words (`words:status.…`, `words:fulfilment.…`), always with the same colour; the word says it, the colour only helps. */
export function Status({ value }: { value: string }) {
  const { t } = useTranslation('words');
  return (
    <Badge color={STATUS_COLORS[value] ?? 'gray'} variant="light" radius="sm">
      {t([`status.${value}`, `fulfilment.${value}`], { defaultValue: value })}
    </Badge>
  );
}

/** Whom nobody has looked at yet stands in the line as if low; the word must not say that somebody did. */
export function LevelBadge({ value, triaged = true }: { value: string; triaged?: boolean }) {
  const { t } = useTranslation('words');
  if (!triaged) {
    return (
      <Badge variant="default" radius="sm">
        {t('notTriaged')}
      </Badge>
    );
  }
  return (
    <Badge color={LEVEL_COLORS[value] ?? 'gray'} variant={value === 'CRITICAL' ? 'filled' : 'light'} radius="sm">
      {t(`level.${value}`, { defaultValue: value })}
    </Badge>
  );
}
