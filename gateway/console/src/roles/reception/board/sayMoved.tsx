import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

/** A move is told to the patient by mail a moment later: taking it back is one click away. */
export function sayMoved(message: string, undo: string, onUndo: () => void): void {
  const id = `moved-${Date.now()}`;
  notifications.show({
    id,
    color: 'teal',
    withBorder: true,
    autoClose: 10_000,
    role: 'status',
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            notifications.hide(id);
            onUndo();
          }}
        >
          {undo}
        </Button>
      </Group>
    ),
  });
}
