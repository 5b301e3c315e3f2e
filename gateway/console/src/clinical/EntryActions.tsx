import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { QueueEntry } from '~/lib/live/useQueueLive';
import { type EntryVerb, useEntryCommand } from '~/ui/queue/entryCommands';
import { ASKING, EntryDialog } from '~/ui/queue/EntryDialog';
import { EntryActs } from '~/ui/queue/QueueView';
import { sayDone } from '~/ui/say';

interface Props {
  entry: QueueEntry;
  /** Shows the new state at once. */
  put: (entry: QueueEntry) => void;
  room?: string;
  more?: ReactNode;
}

/** What can be done with an entry of a line: the desk's commands, with the room where this device stands. */
export function EntryActions({ entry, put, room, more }: Props) {
  const { t } = useTranslation('clinical');
  const [asking, setAsking] = useState<EntryVerb>();
  const command = useEntryCommand({
    refreshes: [['queue-entry', entry.id], ['doctor-day'], ['entries-ended'], ['dashboard']],
    onDone: (fresh, { act }) => {
      put(fresh);
      setAsking(undefined);
      sayDone(t(`done.${act.verb}`, { label: entry.ticket.label }));
    },
  });
  return (
    <>
      <EntryActs
        entry={entry}
        more={more}
        busy={command.busy}
        onAct={(verb) => {
          if (ASKING.includes(verb)) setAsking(verb);
          else command.run({ entry, act: verb === 'call' ? { verb, ...(room ? { room } : {}) } : { verb: verb as 'start' } });
        }}
      />
      {asking && (
        <EntryDialog entry={entry} verb={asking} busy={command.busy} onClose={() => setAsking(undefined)} onAct={(act) => command.run({ entry, act })} />
      )}
    </>
  );
}
