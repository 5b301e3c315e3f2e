import { Kbd, Switch, Table, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

import { useSession } from '~/lib/session/useSession';
import { Page } from '~/ui/Page';

import { areasOf } from './areas';
import { keysAreOn, switchKeys } from './useKeys';

/** `?`: what can be done without a mouse. */
export function Shortcuts() {
  const own = areasOf(useSession());
  const { t } = useTranslation(['app', ...own.map((area) => area.name)]);
  const [on, setOn] = useState(keysAreOn);
  const general = [
    { keys: 'Ctrl K', label: t('app:shortcuts.palette') },
    { keys: '?', label: t('app:shortcuts.help') },
  ];
  return (
    <Page title={t('app:shortcuts.title')}>
      <Switch
        label={t('app:shortcuts.single')}
        checked={on}
        onChange={(event) => {
          switchKeys(event.currentTarget.checked);
          setOn(event.currentTarget.checked);
        }}
      />
      <Keys title={t('app:shortcuts.everywhere')} rows={general} />
      {own.map((area) => (
        <Keys
          key={area.name}
          title={t(`${area.name}:title`)}
          rows={[...area.nav, ...area.commands].flatMap((item) =>
            item.keys ? [{ keys: item.keys, label: t(`${area.name}:${item.label}`) }] : [],
          )}
        />
      ))}
    </Page>
  );
}

function Keys({ title, rows }: { title: string; rows: { keys: string; label: string }[] }) {
  if (rows.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <Table maw={480} withTableBorder>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.keys}>
              <Table.Td>{row.label}</Table.Td>
              <Table.Td ta="end">
                {row.keys.split(' ').map((key) => (
                  <Kbd key={key} ms={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
