import { ActionIcon, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  label: string;
  value: string | undefined;
  editable: boolean;
  busy: boolean;
  maxLength: number;
  onSave: (text: string) => void;
}

/** A text that is read mostly and changed now and then, where it stands. */
export function InlineEdit({ label, value, editable, busy, maxLength, onSave }: Props) {
  const { t } = useTranslation('ui');
  const [text, setText] = useState<string>();
  if (!editable && !value) return null;
  if (text === undefined) {
    return (
      <div>
        <Group gap={4}>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          {editable && (
            <ActionIcon variant="subtle" size="sm" aria-label={t('edit', { what: label })} onClick={() => setText(value ?? '')}>
              <IconPencil size={14} aria-hidden />
            </ActionIcon>
          )}
        </Group>
        <Text size="sm" dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {value ?? '–'}
        </Text>
      </div>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(text.trim());
        setText(undefined);
      }}
    >
      <Stack gap="xs">
        <Textarea label={label} autoFocus autosize minRows={2} maxLength={maxLength} value={text} dir="auto"
          onChange={(event) => setText(event.currentTarget.value)} />
        <Group gap="xs">
          <Button type="submit" size="xs" loading={busy}>
            {t('save')}
          </Button>
          <Button size="xs" variant="default" onClick={() => setText(undefined)}>
            {t('cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
