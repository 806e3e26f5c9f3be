import { StrictMode } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './theming.css';
import './styles.css';
import { ApiProblem } from './api/problem.js';
import { App } from './app.js';
import { LanguageProvider, loadFirstLanguage, useLanguage } from './messages/language-provider.js';
import { SessionProvider } from './session.js';
import { cssVariables, theme } from './theme.js';

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the API refuses it refuses again; only an unreachable or failing server is asked once more.
      retry: (failures, error) =>
        failures < 1 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
    },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no element with the id "root"');
const place = createRoot(root);

/** Formats read the language while they render, so that the pages are made anew when it changes. */
function LocalisedApp(): ReactNode {
  const { language } = useLanguage();
  return <App key={language} />;
}

void loadFirstLanguage().then((first) =>
  place.render(
    <StrictMode>
      <LanguageProvider first={first}>
        <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
          <QueryClientProvider client={queryClient}>
            <SessionProvider>
              <LocalisedApp />
            </SessionProvider>
          </QueryClientProvider>
          <Notifications position="bottom-right" />
        </MantineProvider>
      </LanguageProvider>
    </StrictMode>,
  ),
);
