import '@mantine/core/styles.css';
import '@mantine/dropzone/styles.css';
import './page.css';
import './images.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PixmillError } from '../../src/client/error.ts';
import { App } from './app.tsx';
import { theme } from './theme.ts';

const queries = new QueryClient({
  defaultOptions: {
    // A refusal stays a refusal; a server that is being restarted comes back.
    queries: { retry: (tries, error) => tries < 3 && !(error instanceof PixmillError && error.problem) },
  },
});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <App />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
