import '@mantine/spotlight/styles.css';

import { Spotlight, spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconKeyboard, IconLogout, IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

import { session } from '~/lib/session/session';
import { useMay, useSession } from '~/lib/session/useSession';

import { areasOf } from './areas';

/** Ctrl-K: every command and screen of the account, by typing part of its name. */
export default function Palette({ asked }: { asked: number }) {
  const groups = useGroups();
  const { t } = useTranslation('app');
  useEffect(() => {
    if (asked > 0) spotlight.open();
  }, [asked]);
  return (
    <Spotlight
      actions={groups}
      shortcut={null}
      lockScroll={false}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound={t('palette.nothing')}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t('palette.placeholder'),
        'aria-label': t('palette.placeholder'),
      }}
    />
  );
}

function useGroups(): SpotlightActionGroupData[] {
  const own = areasOf(useSession());
  const may = useMay();
  const navigate = useNavigate();
  const { t } = useTranslation(['app', ...own.map((area) => area.name)]);
  const groups = own.map((area) => ({
    group: t(`${area.name}:title`),
    actions: [...area.commands, ...area.nav]
      .filter((item) => !item.permission || may(item.permission))
      .map((item): SpotlightActionData => {
        const keywords = 'keywords' in item && item.keywords ? t(`${area.name}:${item.keywords}`) : '';
        return {
          id: `${area.name} ${'id' in item ? item.id : item.to}`,
          label: t(`${area.name}:${item.label}`),
          description: item.keys ?? '',
          keywords,
          leftSection: item.icon ? <item.icon size={18} stroke={1.6} aria-hidden /> : undefined,
          onClick: () => void navigate({ to: item.to }),
        };
      }),
  }));
  const general: SpotlightActionData[] = [
    { id: 'shortcuts', label: t('app:shortcuts.title'), leftSection: <IconKeyboard size={18} aria-hidden />,
      onClick: () => void navigate({ to: '/shortcuts' }) },
    { id: 'sign-out', label: t('app:signOut'), leftSection: <IconLogout size={18} aria-hidden />,
      onClick: () => void session.signOut() },
  ];
  return [...groups, { group: t('app:palette.general'), actions: general }];
}
