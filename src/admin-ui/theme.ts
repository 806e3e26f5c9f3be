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
  fontFamily: 'var(--psa-font-family)',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' } } },
});

/** What our own variables decide in the component library, in either scheme (its selectors are as strong as a scheme). */
const SHARED = {
  '--mantine-color-dimmed': 'var(--psa-dimmed)',
  '--mantine-color-placeholder': 'var(--psa-placeholder)',
  '--mantine-color-error': 'var(--psa-error)',
  '--mantine-color-default-border': 'var(--psa-control-border)',
  '--mantine-color-anchor': 'var(--psa-link)',
  '--mantine-color-blue-filled': 'var(--psa-accent)',
  '--mantine-color-blue-filled-hover': 'var(--psa-accent-hover)',
  '--mantine-radius-default': 'var(--psa-radius)',
  '--mantine-radius-md': 'var(--psa-radius)',
};

/** Colours come from `theming.css`, where a host may set them; the library's own grey and red texts stay below WCAG AA. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...SHARED, '--mantine-color-disabled-color': '#6b7280' },
  dark: SHARED,
});
