import '@mantine/notifications/styles.css';

import { Notifications } from '@mantine/notifications';

import classes from './Toasts.module.css';

/** Where no form has its button: at the foot on the left, on a phone below the head. */
export function Toasts() {
  return <Notifications position="bottom-left" limit={4} classNames={{ root: classes.root }} />;
}
