import '@fontsource-variable/noto-sans-devanagari';
import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/app.css';

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { queries } from './app/queries';
import { router } from './app/router';
import { theme } from './app/theme';
import { startLanguage } from './lib/i18n';
import { session } from './lib/session/session';

async function start(place: HTMLElement): Promise<void> {
  // Both before the first picture: no flicker of the sign-in page, no words that change.
  await Promise.all([startLanguage(), session.start()]);
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
        <Notifications position="bottom-right" limit={4} />
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}

const place = document.getElementById('root');
if (place) void start(place);
