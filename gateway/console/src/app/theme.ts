import { Badge, createTheme, Drawer, Loader, Modal, Popover, Table, Tooltip } from '@mantine/core';

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
    // Locking the page's scroll would write a <style>; app.css does it by the dialog's own attribute.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true } }),
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, position: 'right' } }),
    Badge: Badge.extend({ defaultProps: { tt: 'none', fw: 600 } }),
    Popover: Popover.extend({ defaultProps: { withinPortal: true } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, events: { hover: true, focus: true, touch: false } } }),
    Loader: Loader.extend({ defaultProps: { type: 'dots' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6 } }),
  },
});
