import '@mantine/notifications/styles.css';

import { Notifications } from '@mantine/notifications';

import classes from './Toasts.module.css';

/** In the middle of the head, where nothing is pressed: no form and no row has its button there. */
export function Toasts() {
  return <Notifications position="top-center" limit={4} classNames={{ root: classes.root ?? '' }} />;
}
