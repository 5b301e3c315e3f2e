import {
  type BadgeProps, createTheme, type DrawerProps, type LoaderProps, type MenuProps, type ModalProps, type PopoverProps, type TableProps, type TooltipProps,
} from '@mantine/core';
import i18next from 'i18next';

import { overlays } from './overlays';

const portalProps = { target: overlays };

/** The cross of a dialog has a name. */
const closing = () => ({ closeButtonProps: { 'aria-label': i18next.t('ui:close') } });

/**
 * The colours stand in app.css: the policy of the page allows no styles that a script writes into it (`<style>`), so
 * everything that Mantine would put there is off and stands in files.
 */
export const theme = createTheme({
  primaryColor: 'cyan',
  fontFamily: 'var(--mantine-font-family)',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Only what they are given: to name a part itself here would load it with the first page.
  components: {
    // Its words as they are written, and never cut.
    Badge: { defaultProps: { tt: 'none', fw: 600, miw: 'max-content' } satisfies Partial<BadgeProps> },
    // Locking the page's scroll would write a <style>; app.css does it by the dialog's own attribute.
    Modal: { defaultProps: (): Partial<ModalProps> => ({ lockScroll: false, centered: true, portalProps, ...closing() }) },
    Drawer: { defaultProps: (): Partial<DrawerProps> => ({ lockScroll: false, position: 'right', portalProps, ...closing() }) },
    Popover: { defaultProps: { withinPortal: true, portalProps } satisfies Partial<PopoverProps> },
    // Opened, the focus is on its first item: a placeholder that only takes the focus is no child that a menu may have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } satisfies Partial<MenuProps> },
    Tooltip: { defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } satisfies Partial<TooltipProps> },
    Loader: { defaultProps: { type: 'dots' } satisfies Partial<LoaderProps> },
    Table: { defaultProps: { verticalSpacing: 6 } satisfies Partial<TableProps> },
  },
});
