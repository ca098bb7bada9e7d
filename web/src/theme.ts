import { createTheme } from '@mantine/core';

/** Shade 7 of indigo: white on it, and it on white, can be read by everyone (WCAG AA). */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 7,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Colour alone does not tell everyone what a link is.
  components: { Anchor: { defaultProps: { underline: 'always' } } },
});
