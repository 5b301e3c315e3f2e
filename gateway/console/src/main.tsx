import '@fontsource-variable/noto-sans-devanagari';
import './app/mantine';
import './app/app.css';

import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { queries } from './app/queries';
import { router } from './app/router';
import { loadSignedIn } from './app/Shell';
import { theme } from './app/theme';
import { startLanguage } from './lib/i18n';
import { session } from './lib/session/session';

async function start(place: HTMLElement): Promise<void> {
  // All before the first picture: no flicker of the sign-in page, no words that change.
  const screens = session.expected ? loadSignedIn().catch(() => undefined) : undefined;
  await Promise.all([startLanguage(), session.start(), screens]);
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

const place = document.getElementById('root');
if (place) void start(place);
