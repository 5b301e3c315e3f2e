import { notifications } from '@mantine/notifications';
import i18next from 'i18next';

const close = () => ({ 'aria-label': i18next.t('ui:close') });

/** Short words in the corner, read out by screen readers: what was done … */
export function sayDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4_000, withBorder: true, role: 'status', closeButtonProps: close() });
}

/** … and what was not. Stays long enough to be read. */
export function sayFailed(message: string): void {
  notifications.show({ message, color: 'red', autoClose: 10_000, withBorder: true, role: 'alert', closeButtonProps: close() });
}
