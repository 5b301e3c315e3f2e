import { ActionIcon, Burger } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { IconCommand } from '@tabler/icons-react';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useFacility, useMay, useSession } from '~/lib/session/useSession';
import { SignIn } from '~/public/account/SignIn';
import { LoadingPage } from '~/ui/States';

import { AccountMenu } from './AccountMenu';
import { areaOfPath, areasOf } from './areas';
import { IdleWarning } from './IdleWarning';
import { NotFound } from './NotFound';
import { Offline } from './Offline';
import { placeOverlays } from './overlays';
import classes from './Shell.module.css';
import { Toasts } from './Toasts';
import { useAhead } from './useAhead';
import { useFocusKept } from './useFocusKept';
import { useKeys } from './useKeys';

const Palette = lazy(() => import('./Palette'));

/** The screens of who is signed in, in their frame. */
export default function SignedIn({ login }: { login: string }) {
  const { status } = useSession();
  return (
    <>
      {status === 'locked' && <SignIn login={login} />}
      {/* Kept as it is behind the sign-in, so that nothing typed is lost; seen and reached by nobody. */}
      <div className={status === 'locked' ? classes.hidden : undefined} inert={status === 'locked'}>
        <Frame />
      </div>
      {status === 'in' && <IdleWarning />}
      <Toasts />
    </>
  );
}

function Frame() {
  const { t } = useTranslation('app');
  const [menu, setMenu] = useState(false);
  const [palette, setPalette] = useState(0);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const state = useSession();
  const area = areaOfPath(path);
  const allowed = !area || areasOf(state).includes(area);
  const main = useRef<HTMLElement>(null);
  useHotkeys([['mod+K', () => setPalette((count) => count + 1)]], []);
  useKeys();
  useAhead();
  useFocusKept();
  useEffect(() => setMenu(false), [path]);

  return (
    <div className={classes.shell}>
      <a
        className={classes.skip}
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t('skip')}
      </a>
      <Header menu={menu} onMenu={() => setMenu(!menu)} onPalette={() => setPalette((count) => count + 1)} />
      <Navigation open={menu} />
      <main id="content" className={classes.main} tabIndex={-1} ref={main}>
        <Offline />
        <Suspense fallback={<LoadingPage />}>{allowed ? <Outlet /> : <NotFound />}</Suspense>
        <div ref={placeOverlays} />
      </main>
      {palette > 0 && (
        <Suspense fallback={null}>
          <Palette asked={palette} />
        </Suspense>
      )}
    </div>
  );
}

function Header({ menu, onMenu, onPalette }: { menu: boolean; onMenu: () => void; onPalette: () => void }) {
  const { t } = useTranslation('app');
  const facility = useFacility();
  return (
    <header className={classes.header}>
      <Burger className={classes.burger ?? ''} size="sm" opened={menu} onClick={onMenu} aria-label={t('menu')} aria-expanded={menu} />
      <Link to="/" className={classes.brand} aria-label="Ambula">
        <img src="/icon.svg" alt="" width={22} height={22} />
        <span className={classes.wide}>Ambula</span>
      </Link>
      <span className={classes.facility} dir="auto">
        {facility.name}
      </span>
      <span className={classes.grow} />
      <ActionIcon variant="default" size="lg" aria-label={`${t('commands')} (Ctrl K)`} title={`${t('commands')} (Ctrl K)`} onClick={onPalette}>
        <IconCommand size={18} aria-hidden />
      </ActionIcon>
      <AccountMenu />
    </header>
  );
}

function Navigation({ open }: { open: boolean }) {
  const state = useSession();
  const own = areasOf(state);
  const may = useMay();
  const { t } = useTranslation(['app', ...own.map((area) => area.name)]);
  return (
    <nav className={classes.nav} aria-label={t('app:navigation')} data-open={open || undefined}>
      {own.map((area) => (
        <div key={area.name}>
          <p className={classes.section}>{t(`${area.name}:title`)}</p>
          <ul className={classes.list}>
            {area.nav
              .filter((item) => !item.permission || may(item.permission))
              .map((item) => (
                <li key={item.to}>
                  <Link to={item.to} className={classes.link} activeOptions={{ exact: item.to === area.home, includeSearch: false }}>
                    <item.icon size={18} stroke={1.6} aria-hidden />
                    {t(`${area.name}:${item.label}`)}
                  </Link>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
