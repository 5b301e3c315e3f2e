import { notifications } from '@mantine/notifications';

/** Short words in the corner, read out by screen readers: what was done … */
export function sayDone(message: string): void {
  notifications.show({ message, color: 'teal', autoClose: 4_000, withBorder: true, role: 'status' });
}

/** … and what was not. Stays long enough to be read. */
export function sayFailed(message: string): void {
  notifications.show({ message, color: 'red', autoClose: 10_000, withBorder: true, role: 'alert' });
}
