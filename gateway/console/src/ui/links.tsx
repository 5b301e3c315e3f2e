import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink, type LinkComponent } from '@tanstack/react-router';
import { forwardRef, type ReactNode } from 'react';

/** The router's links in Mantine's clothes, with checked paths: a middle click opens a tab, a pointer near by loads the screen. */
const PlainButton = forwardRef<HTMLAnchorElement, Omit<ButtonProps, 'href'> & { children?: ReactNode }>((props, ref) => (
  <Button component="a" ref={ref} {...props} />
));
PlainButton.displayName = 'PlainButton';
const PlainAnchor = forwardRef<HTMLAnchorElement, Omit<AnchorProps, 'href'> & { children?: ReactNode }>((props, ref) => (
  <Anchor ref={ref} {...props} />
));
PlainAnchor.displayName = 'PlainAnchor';

const RoutedButton = createLink(PlainButton);
const RoutedAnchor = createLink(PlainAnchor);

export const ButtonLink: LinkComponent<typeof PlainButton> = (props) => <RoutedButton preload="intent" {...props} />;
export const AnchorLink: LinkComponent<typeof PlainAnchor> = (props) => <RoutedAnchor preload="intent" {...props} />;
