import { lazy, Suspense, useEffect } from 'react';

import { useSession } from '~/lib/session/useSession';
import { SignIn } from '~/public/account/SignIn';
import { LoadingPage } from '~/ui/States';

/** A file of its own: the sign-in page comes without menus and dialogs. `main.tsx` asks for it early for who was here before. */
export const loadSignedIn = () => import('./SignedIn');

const SignedIn = lazy(loadSignedIn);
const ChangePassword = lazy(async () => ({ default: (await import('~/public/account/ChangePassword')).ChangePassword }));

/** Signed in or not: who is not gets the sign-in page where they are, and stays there afterwards. */
export function Shell() {
  const { status, me } = useSession();
  const out = status === 'out' || !me;
  useEffect(() => {
    // While the password is typed.
    if (out) void loadSignedIn().catch(() => undefined);
  }, [out]);
  if (out) return <SignIn />;
  return <Suspense fallback={<LoadingPage />}>{me.must_change_password ? <ChangePassword forced /> : <SignedIn login={me.login} />}</Suspense>;
}
