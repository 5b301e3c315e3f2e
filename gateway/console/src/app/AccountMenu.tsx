import { Button, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconBuildingHospital, IconCheck, IconKey, IconKeyboard, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

import { api, ok } from '~/lib/api/client';
import { chooseLanguage, LANGUAGES } from '~/lib/i18n';
import { session } from '~/lib/session/session';
import { useMe, useSession } from '~/lib/session/useSession';

import classes from './Shell.module.css';

export function AccountMenu() {
  const { t } = useTranslation('app');
  const me = useMe();
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button variant="default" px="xs" className={classes.account ?? ''} leftSection={<IconUser size={18} aria-hidden />} aria-label={`${t('account')}: ${me.display_name}`}>
          <span className={classes.wide} dir="auto">
            {me.display_name}
          </span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Facilities />
        <Languages />
        <Menu.Divider />
        <Scheme />
        <Menu.Item leftSection={<IconKeyboard size={16} aria-hidden />} onClick={() => void navigate({ to: '/shortcuts' })}>
          {t('shortcuts.title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={() => void navigate({ to: '/account/password' })}>
          {t('changePassword')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void session.signOut()}>
          {t('signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Scheme() {
  const { t } = useTranslation('app');
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other = scheme === 'dark' ? 'light' : 'dark';
  const Icon = other === 'dark' ? IconMoon : IconSun;
  return (
    <Menu.Item closeMenuOnClick={false} leftSection={<Icon size={16} aria-hidden />} onClick={() => setColorScheme(other)}>
      {t(`theme.${other}`)}
    </Menu.Item>
  );
}

function Languages() {
  const { t, i18n } = useTranslation('app');
  return (
    <>
      <Menu.Label>{t('language')}</Menu.Label>
      {LANGUAGES.map((language) => (
        <Menu.Item
          key={language}
          lang={language}
          closeMenuOnClick={false}
          rightSection={i18n.language === language ? <IconCheck size={16} aria-hidden /> : null}
          aria-current={i18n.language === language}
          onClick={() => void chooseLanguage(language)}
        >
          {t(`languages.${language}`)}
        </Menu.Item>
      ))}
    </>
  );
}

/** Only for members of several. */
function Facilities() {
  const { t } = useTranslation('app');
  const { me, facilityId } = useSession();
  const own = new Set(me?.memberships.map((one) => one.facility_id).filter(Boolean));
  const facilities = useQuery({
    queryKey: ['facilities'],
    queryFn: () => ok(api.GET('/v1/facilities', { params: { query: { limit: 200 } } })),
    enabled: own.size > 1,
    staleTime: 600_000,
  });
  if (own.size <= 1) return null;
  return (
    <>
      <Menu.Label>{t('facility')}</Menu.Label>
      {facilities.data?.items
        .filter((one) => own.has(one.id))
        .map((one) => (
          <Menu.Item
            key={one.id}
            leftSection={<IconBuildingHospital size={16} aria-hidden />}
            rightSection={one.id === facilityId ? <IconCheck size={16} aria-hidden /> : null}
            onClick={() => session.chooseFacility(one.id)}
          >
            <span dir="auto">{one.name}</span>
          </Menu.Item>
        ))}
      <Menu.Divider />
    </>
  );
}
