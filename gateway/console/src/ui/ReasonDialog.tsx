import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What happens, and to whom. */
  children?: ReactNode;
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  /** `reason`: one must be given; it goes with the command. */
  reason?: boolean;
  onConfirm: (reason: string) => void;
}

/** Asks before something is taken away; with `reason` it asks why, too. */
export function ReasonDialog({ opened, onClose, title, children, confirm, danger, busy, reason, onConfirm }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      {/* Mounted anew with each opening: an old reason is not the new one. */}
      {opened && <Content {...{ onClose, confirm, danger, busy, reason, onConfirm }}>{children}</Content>}
    </Modal>
  );
}

type ContentProps = Omit<Props, 'opened' | 'title'>;

function Content({ onClose, children, confirm, danger, busy, reason, onConfirm }: ContentProps) {
  const { t } = useTranslation('ui');
  const [text, setText] = useState('');
  const [asked, setAsked] = useState(false);
  const missing = Boolean(reason) && text.trim() === '';
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (!missing) onConfirm(text.trim());
      }}
    >
      <Stack gap="md">
        {children && (
          <Text size="sm" component="div">
            {children}
          </Text>
        )}
        {reason && (
          <Textarea
            label={t('reason')}
            data-autofocus
            required
            withAsterisk
            autosize
            minRows={2}
            maxLength={1000}
            value={text}
            error={asked && missing ? t('required') : undefined}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('back')}
          </Button>
          <Button type="submit" color={danger ? 'red' : undefined} loading={busy ?? false} data-autofocus={!reason || undefined}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
