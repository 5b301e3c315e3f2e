import { Badge, createTheme, type DrawerProps, Loader, Menu, type ModalProps, Popover, Table, Tooltip } from '@mantine/core';
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
  components: {
    // Its words as they are written, and never cut.
    Badge: Badge.extend({ defaultProps: { tt: 'none', fw: 600, miw: 'max-content' } }),
    // Locking the page's scroll would write a <style>; app.css does it by the dialog's own attribute.
    Modal: { defaultProps: (): Partial<ModalProps> => ({ lockScroll: false, centered: true, portalProps, ...closing() }) },
    Drawer: { defaultProps: (): Partial<DrawerProps> => ({ lockScroll: false, position: 'right', portalProps, ...closing() }) },
    Popover: Popover.extend({ defaultProps: { withinPortal: true, portalProps } }),
    // Opened, the focus is on its first item: a placeholder that only takes the focus is no child that a menu may have.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } }),
    Loader: Loader.extend({ defaultProps: { type: 'dots' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6 } }),
  },
});
