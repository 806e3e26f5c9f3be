import { createTheme } from '@mantine/core';
import type { CSSVariablesResolver } from '@mantine/core';

/** Shade 8 and `autoContrast` keep filled controls at a contrast of 4.5 or more. */
export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: 8,
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' } } },
});

/** The component library's own grey and red texts stay below WCAG AA; tones are the colours of our states. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#52585f',
    '--mantine-color-placeholder': '#5f666d',
    '--mantine-color-error': '#b42318',
    '--mantine-color-disabled-color': '#6b7280',
    '--mantine-color-default-border': '#868e96',
    '--psa-surface': '#ffffff',
    '--psa-canvas': '#f6f7f9',
    '--psa-line': '#dee2e6',
    '--psa-good-text': '#17603a',
    '--psa-good-fill': '#e4f5ea',
    '--psa-warning-text': '#7a4100',
    '--psa-warning-fill': '#fff1d6',
    '--psa-bad-text': '#a11818',
    '--psa-bad-fill': '#fdeaea',
    '--psa-info-text': '#0f4f8f',
    '--psa-info-fill': '#e5f0fb',
    '--psa-neutral-text': '#474d54',
    '--psa-neutral-fill': '#eceef1',
  },
  dark: {
    '--mantine-color-dimmed': '#b4b8bd',
    '--mantine-color-placeholder': '#a3a8ae',
    '--mantine-color-error': '#ff9d96',
    '--mantine-color-default-border': '#7b7f85',
    '--psa-surface': '#242629',
    '--psa-canvas': '#191b1d',
    '--psa-line': '#3b3e43',
    '--psa-good-text': '#8fe3ac',
    '--psa-good-fill': '#1b3526',
    '--psa-warning-text': '#ffd58a',
    '--psa-warning-fill': '#3b2d12',
    '--psa-bad-text': '#ffb0aa',
    '--psa-bad-fill': '#431f1f',
    '--psa-info-text': '#a8d3ff',
    '--psa-info-fill': '#1a2f47',
    '--psa-neutral-text': '#c9ccd0',
    '--psa-neutral-fill': '#34373b',
  },
});
