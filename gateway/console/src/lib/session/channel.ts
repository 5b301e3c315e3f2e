/** What the tabs of one browser tell each other; nothing of it is stored. */
export type TabMessage =
  | { kind: 'token'; token: string; expiresAt: number; accountId: string }
  | { kind: 'out'; why: 'asked' | 'idle' | 'ended' }
  | { kind: 'active' };

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('ambula');

export function tell(message: TabMessage): void {
  channel?.postMessage(message);
}

export function listen(hear: (message: TabMessage) => void): () => void {
  const heard = (event: MessageEvent<TabMessage>) => hear(event.data);
  channel?.addEventListener('message', heard);
  return () => channel?.removeEventListener('message', heard);
}

/** One tab at a time; where the browser has no locks, the ten seconds of grace of a rotated token do. */
export async function alone<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  if (!navigator.locks) return act();
  return navigator.locks.request(name, act) as Promise<Result>;
}
