import { Group, Stack, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';

import classes from './Page.module.css';

interface Props {
  /** What the screen is, also the browser's title: never a person's name. */
  title: string;
  /** Shown instead of the title, for example a name. */
  heading?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  /** Fills the window; the content scrolls by itself (boards, long lists). */
  full?: boolean;
}

/** The frame of every screen: its heading, which gets the focus when one arrives, its actions, its content. */
export function Page({ title, heading, actions, children, full }: Props) {
  useEffect(() => {
    document.title = `${title} · Ambula`;
  }, [title]);
  const place = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // A field that asked for the focus has it already, and so has whoever acts in a dialog.
    if (!document.activeElement?.closest('#content')) place.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Stack gap="md" className={full ? classes.full : classes.page}>
      <Group justify="space-between" gap="sm" wrap="wrap">
        <Title order={1} size="h3" tabIndex={-1} className={classes.heading} ref={place}>
          {heading ?? title}
        </Title>
        {actions && <Group gap="xs" className={classes.actions}>{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
