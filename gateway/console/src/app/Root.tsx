import { Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';

import { LoadingPage } from '~/ui/States';

export function Root() {
  return (
    <Suspense fallback={<LoadingPage />}>
      <Outlet />
    </Suspense>
  );
}
